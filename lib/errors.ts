/** Every way in which something expected goes wrong. The page's sentences are in `ERROR_TEXT`. */
export const ERROR_CODES = [
  // What MindVideo refused or reported.
  "bad_request",
  "key_refused",
  "no_credit",
  "forbidden",
  "model_gone",
  "conflict",
  "refused",
  "moderated",
  "task_failed",
  "task_cancelled",
  "task_missing",
  "no_output",
  // What we could not do, or cannot know.
  "not_sent",
  "not_confirmed",
  "changed_payload",
  "file_missing",
  // What we refused.
  "invalid_input",
  "unknown_model",
  "id_conflict",
  "no_access",
  "no_visitor",
  "not_found",
  "too_many_active",
  "too_many_requests",
  "over_limit",
  "over_limit_visitor",
  "price_unknown",
  "unavailable",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An expected failure, as it is stored with a generation and sent to the page.
 * `message` is what MindVideo said, in its own words; null when it said nothing readable.
 * `field` is the top-level input field the failure belongs to; null when it belongs to none.
 * `issues` are the server's own findings for single fields.
 */
export type AppError = {
  code: ErrorCode;
  message: string | null;
  field: string | null;
  issues?: { field: string; message: string }[];
  /** With `over_limit`, `over_limit_visitor` and `price_unknown`: how the limit in question stands. */
  details?: LimitDetails;
  /** With `too_many_active` and `too_many_requests`: which limit stood in the way. */
  count?: CountDetails;
};

/** A limit on money at the moment of a refusal, in millionths, and when it begins anew, in milliseconds since 1970. */
export type LimitDetails = { limit: number; spent: number; reserved: number; resetsAt: number };

/**
 * A limit on how many at once, or on how many a minute: then `freeAt` says when the next one is let in, in milliseconds since
 * 1970; null where that depends on what is running. What others do is not told, only that it was their limit, too.
 */
export type CountDetails = { limit: number; whose: "visitor" | "all"; freeAt: number | null };

export const appError = (code: ErrorCode, details: Partial<Omit<AppError, "code">> = {}): AppError => ({
  message: null,
  field: null,
  ...details,
  code,
});

type ErrorText = {
  /** The headline of the card. */
  title: string;
  /** What happened, in a sentence or two. What MindVideo said stands beside it. */
  happened: string;
  /** What the visitor can do now. */
  next: string;
  /** Whether the same settings sent once more could help. */
  canRetry: boolean;
  /** False where nothing can have been charged; null where only what the API reports can tell. */
  charged: false | null;
};

export const ERROR_TEXT: Record<ErrorCode, ErrorText> = {
  bad_request: {
    title: "MindVideo did not understand this request.",
    happened: "It refused the settings before any work began.",
    next: "Change the settings and generate again.",
    canRetry: false,
    charged: false,
  },
  key_refused: {
    title: "The API key was refused.",
    happened: "MindVideo does not accept the key this playground uses. It may have been disabled or deleted.",
    next: "Tell the owner of this playground. Your settings are kept.",
    canRetry: true,
    charged: false,
  },
  no_credit: {
    title: "The account is out of credit.",
    happened: "MindVideo refused the job because the account behind this playground cannot pay for it.",
    next: "Tell the owner of this playground. Your settings are kept; generate again once credit is added.",
    canRetry: true,
    charged: false,
  },
  forbidden: {
    title: "This key may not use this model.",
    happened: "MindVideo knows the key but does not let it run this model.",
    next: "Tell the owner of this playground. Your settings are kept.",
    canRetry: true,
    charged: false,
  },
  model_gone: {
    title: "MindVideo does not know this model.",
    happened: "It may have been renamed or retired.",
    next: "Tell the owner of this playground. Your settings are kept.",
    canRetry: false,
    charged: false,
  },
  conflict: {
    title: "MindVideo saw this job with other settings.",
    happened: "A job with the same number is known there with a different input, so it was refused.",
    next: "Generate again: it gets a new number.",
    canRetry: true,
    charged: false,
  },
  refused: {
    title: "MindVideo refused these settings.",
    happened: "It checked the input and turned it down before any work began.",
    next: "Change what it names and generate again.",
    canRetry: false,
    charged: false,
  },
  moderated: {
    title: "The model refused this prompt.",
    happened: "MindVideo’s content filter stopped it. It does not say which words set it off.",
    next: "Change the wording and generate again. The same text would be refused again.",
    canRetry: false,
    charged: false,
  },
  task_failed: {
    title: "The render failed.",
    happened: "MindVideo took the job and could not finish it.",
    next: "Generate again, or change the settings first if MindVideo names a reason.",
    canRetry: true,
    charged: null,
  },
  task_cancelled: {
    title: "The job was cancelled at MindVideo.",
    happened: "It was stopped there, not by this page.",
    next: "Generate again if you still want it.",
    canRetry: true,
    charged: null,
  },
  task_missing: {
    title: "MindVideo no longer knows this job.",
    happened: "It took the job, and for ten minutes now says that it does not exist.",
    next: "Generate again. If this one was charged, the account’s page at MindVideo shows it.",
    canRetry: true,
    charged: null,
  },
  no_output: {
    title: "MindVideo finished, but gave no file.",
    happened: "The job is marked as done there, and for ten minutes now without a video or an image.",
    next: "Generate again. If this one was charged, the account’s page at MindVideo shows it.",
    canRetry: true,
    charged: null,
  },
  not_sent: {
    title: "MindVideo could not be reached.",
    happened: "For ten minutes the job could not be handed over. It never left this server.",
    next: "Generate again when the connection is back. Your settings are kept.",
    canRetry: true,
    charged: false,
  },
  not_confirmed: {
    title: "We do not know whether MindVideo took this job.",
    happened: "The job was sent, and no clear answer came back.",
    next: "“Check again” asks with the same number. If MindVideo no longer knows it, it may cost a second time. “Let it be” leaves it as it is.",
    canRetry: false,
    charged: null,
  },
  changed_payload: {
    title: "This job cannot be sent again unchanged.",
    happened:
      "The model’s description changed since you pressed Generate, so the request would not be the same, and nothing different is sent under the same number.",
    next: "“Use these settings” puts them back in the form; generate from there.",
    canRetry: false,
    charged: null,
  },
  file_missing: {
    title: "A file of this generation is gone.",
    happened: "One of the files given with it is no longer in this playground, so nothing was sent.",
    next: "“Use these settings” puts the rest back in the form; add the file again and generate from there.",
    canRetry: false,
    charged: false,
  },
  invalid_input: {
    title: "These settings are not complete.",
    happened: "Some fields need another look; nothing was sent.",
    next: "Correct the marked fields and generate again.",
    canRetry: false,
    charged: false,
  },
  unknown_model: {
    title: "This playground does not have that model.",
    happened: "It may have been removed since this page was opened.",
    next: "Reload the page.",
    canRetry: false,
    charged: false,
  },
  id_conflict: {
    title: "This press was already used for something else.",
    happened: "Nothing was sent.",
    next: "Generate again.",
    canRetry: true,
    charged: false,
  },
  no_access: {
    title: "This playground asks for its access code again.",
    happened: "The code was changed, or your entry has run out. Nothing was sent, and nothing of yours is lost.",
    next: "Enter the code, and go on from here.",
    canRetry: false,
    charged: false,
  },
  no_visitor: {
    title: "This page has lost its pass.",
    happened: "The cookie that marks your clips as yours is missing or no longer valid. Nothing was sent.",
    next: "Reload the page, with cookies allowed for this site.",
    canRetry: false,
    charged: false,
  },
  not_found: {
    title: "There is nothing here.",
    happened: "It was deleted, it belongs to somebody else, or it is not shared any more.",
    next: "Go back to the playground.",
    canRetry: false,
    charged: false,
  },
  too_many_active: {
    title: "Enough is running for now.",
    happened: "This playground limits how many clips one visitor renders at once. Nothing was sent.",
    next: "Generate again when one of yours has finished.",
    canRetry: true,
    charged: false,
  },
  too_many_requests: {
    title: "A little slower, please.",
    happened: "This playground limits how many clips are started in a minute. Nothing was sent.",
    next: "Generate again when the minute is over.",
    canRetry: true,
    charged: false,
  },
  over_limit: {
    title: "Today’s limit of this playground is reached.",
    happened:
      "Its owner limits what all visitors together may spend in a day. What this clip may cost does not fit into what is left. Nothing was sent.",
    next: "Generate again when the limit begins anew.",
    canRetry: true,
    charged: false,
  },
  over_limit_visitor: {
    title: "Your limit for today is reached.",
    happened:
      "The owner of this playground limits what one visitor may spend in a day. What this clip may cost does not fit into what is left of yours. Nothing was sent.",
    next: "Generate again when your limit begins anew.",
    canRetry: true,
    charged: false,
  },
  price_unknown: {
    title: "One at a time until the price is known.",
    happened:
      "The owner of this playground limits what may be spent in a day, and nobody here knows yet what this model costs. Until the first clip shows it, one runs at a time. Nothing was sent.",
    next: "Generate again when the one that is running has been accepted or has finished.",
    canRetry: true,
    charged: false,
  },
  unavailable: {
    title: "The playground cannot do this right now.",
    happened: "Its server did not answer as it should. Nothing is lost: what you typed is kept here.",
    next: "Try again in a moment.",
    canRetry: true,
    charged: false,
  },
};
