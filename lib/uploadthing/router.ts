import "server-only";
import { createUploadthing, type FileRouter, UTFiles } from "uploadthing/next";
import { UploadThingError } from "uploadthing/server";
import { UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { countUpload } from "@/lib/uploads/mutations";
import { UPLOAD_POLICY, type UploadRefusal } from "@/lib/uploads/policy";
import { uploadsConfig } from "@/lib/uploads/queries";
import { cleanName } from "@/lib/uploads/rules";
import { hasRoomFor } from "@/lib/uploadthing/data";
import { UPLOAD_SLUG } from "@/lib/uploadthing/policy";
import { settle } from "@/lib/uploadthing/service";
import { readVisitor, VISITOR_COOKIE } from "@/lib/visitors/cookie";

/** What the browser is told where the SDK would say something of its own. */
type Told = { message: string; error: UploadRefusal };

const MAX_FILES = 1;
// By the names of the SDK's own refusals, which come as text.
const REFUSED_BY_SDK: [RegExp, UploadRefusal][] = [
  [/FileSizeMismatch/, uploadRefusal("too_large")],
  [/(Invalid|Unknown)FileType/, uploadRefusal("wrong_type")],
  [/FileCountMismatch/, uploadRefusal("unavailable", "Send one file at a time.")],
];

function tell(error: UploadThingError): Told {
  const refusal =
    error.cause instanceof UploadError
      ? error.cause.refusal
      : REFUSED_BY_SDK.find(([pattern]) => pattern.test(error.message))?.[1];
  return { message: refusal?.message ?? error.message, error: refusal ?? uploadRefusal("unavailable") };
}

const refuse = (refusal: UploadRefusal) =>
  new UploadThingError({ code: "BAD_REQUEST", message: refusal.code, cause: new UploadError(refusal) });

/**
 * The file router of this playground: one route, the exact types of what may be sent from here, each with its own limit.
 * Generic keys ("image") would take SVG and any size of the SDK's. Nothing of the visitor goes to UploadThing: whose a key is
 * stands in our own table.
 */
export function createFileRouter() {
  const route = createUploadthing({ errorFormatter: tell });
  return {
    [UPLOAD_SLUG]: route(limits(), {
      awaitServerData: true,
      // The SDK's own key is made of the name, the size and the time.
      getFileHashParts: () => [crypto.randomUUID()],
    })
      .middleware(async ({ req, files }) => {
        const owner = await readVisitor(req.cookies.get(VISITOR_COOKIE)?.value);
        if (!owner) throw refuse(uploadRefusal("no_visitor"));
        const [file, ...others] = files;
        if (!file || others.length > 0) throw refuse(uploadRefusal("unavailable", "Send one file at a time."));
        if (file.size === 0) throw refuse(uploadRefusal("empty"));
        if (!(await countUpload(owner, Date.now()))) throw refuse(uploadRefusal("too_fast"));
        if (!(await hasRoomFor(owner, file.size))) throw refuse(uploadRefusal("no_room"));
        return { [UTFiles]: [{ ...file, name: cleanName(file.name) }] };
      })
      .onUploadComplete(async ({ file }) => settle(file.key)),
  } satisfies FileRouter;
}

export type OurFileRouter = ReturnType<typeof createFileRouter>;

function limits(): Parameters<ReturnType<typeof createUploadthing>>[0] {
  const { sendable } = uploadsConfig();
  const entries = sendable.flatMap((kind) => {
    const { mimes, maxBytes } = UPLOAD_POLICY[kind];
    // In plain bytes: the SDK's kilobytes are 1024 of them.
    return mimes.map((mime) => [mime, { maxFileSize: `${maxBytes}B`, maxFileCount: MAX_FILES }]);
  });
  return Object.fromEntries(entries);
}
