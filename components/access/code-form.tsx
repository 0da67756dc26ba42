"use client";

import { unstable_rethrow as rethrowRedirect } from "next/navigation";
import { useActionState, useEffect, useState, useTransition } from "react";
import { useForm } from "react-hook-form";
import { codeTrouble } from "@/components/access/code-trouble";
import { useWait } from "@/components/access/use-wait";
import { writeTrouble } from "@/components/result/write-trouble";
import { Icon } from "@/components/ui/icon";
import type { enterCode } from "@/lib/visitors/actions";
import type { CodeAnswer } from "@/lib/visitors/schema";

type Props = { to: string; enter: typeof enterCode };

const UNTRIED: CodeAnswer = { problem: null, waitSeconds: 0, tries: 0 };
const ERROR_ID = "code-error";
const SERVER = "server";
const AWAY = "away";

/** Works before its script has come, too: the form is then posted as it is, and the answer is a page. */
export function CodeForm({ to, enter }: Props) {
  const [posted, act] = useActionState(enter, UNTRIED);
  const [sent, setSent] = useState<CodeAnswer | null>(null);
  const answered = sent ?? posted;
  const [isEntering, begin] = useTransition();
  const [isShown, setIsShown] = useState(false);
  const {
    register,
    handleSubmit,
    setError,
    setFocus,
    formState: { errors, isSubmitted },
  } = useForm({ defaultValues: { code: "" }, reValidateMode: "onSubmit" });
  const secondsLeft = useWait(answered);
  // Once the next try is taken, nothing more is said of a wait.
  const trouble = codeTrouble(secondsLeft > 0 ? answered : { ...answered, waitSeconds: 0 });

  useEffect(() => {
    const said = codeTrouble(answered);
    if (!said) return;
    setError("code", { type: SERVER, message: said });
    setFocus("code", { shouldSelect: true });
  }, [answered, setError, setFocus]);

  // Not by `act`: what that throws takes the place of the whole page, and of the code that was typed.
  const send = (form: FormData) =>
    begin(async () => {
      try {
        setSent(await enter(answered, form));
      } catch (error) {
        rethrowRedirect(error);
        setError("code", {
          type: AWAY,
          message: writeTrouble(error, "The server does not answer. Try again in a moment."),
        });
      }
    });

  const fromServer = errors.code?.type === SERVER || !isSubmitted;
  const message = fromServer ? trouble : errors.code?.message;
  return (
    <form
      className="gate__form"
      action={act}
      onSubmit={handleSubmit((_values, event) => {
        send(new FormData(event?.target as HTMLFormElement));
      })}
      noValidate
    >
      <input type="hidden" name="to" value={to} />
      <label htmlFor="code">Access code</label>
      <div className="gate__entry" data-invalid={message ? "" : undefined}>
        <input
          id="code"
          type={isShown ? "text" : "password"}
          autoComplete="current-password"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={message ? true : undefined}
          aria-describedby={message ? ERROR_ID : undefined}
          {...register("code", { validate: (code) => code.trim() !== "" || "Enter the code." })}
        />
        <button
          type="button"
          className="key key--bare key--small key--icon"
          aria-label="Show the code"
          aria-pressed={isShown}
          onClick={() => setIsShown(!isShown)}
        >
          <svg
            viewBox="0 0 16 16"
            className="size-4"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            aria-hidden="true"
          >
            <path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8z" strokeLinejoin="round" />
            <path d="M8 6.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5z" />
            {isShown && <path d="m2.5 13.5 11-11" />}
          </svg>
        </button>
      </div>
      <div role="alert">
        {message && (
          <p id={ERROR_ID} className="gate__trouble">
            <Icon name="alert" />
            {message}
          </p>
        )}
      </div>
      <button type="submit" className="go go--ink" disabled={isEntering || secondsLeft > 0}>
        Unlock
        <span className="go__keys" aria-hidden="true">
          {secondsLeft > 0 ? `${secondsLeft} s` : <Icon name="enter" />}
        </span>
      </button>
    </form>
  );
}
