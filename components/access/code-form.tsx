"use client";

import { startTransition, useActionState, useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { codeTrouble } from "@/components/access/code-trouble";
import { useWait } from "@/components/access/use-wait";
import { Icon } from "@/components/ui/icon";
import type { enterCode } from "@/lib/visitors/actions";
import type { CodeAnswer } from "@/lib/visitors/schema";

type Props = { to: string; enter: typeof enterCode };

const UNTRIED: CodeAnswer = { problem: null, waitSeconds: 0, tries: 0 };
const ERROR_ID = "code-error";
const SERVER = "server";

/** Works before its script has come, too: the form is then posted as it is, and the answer is a page. */
export function CodeForm({ to, enter }: Props) {
  const [answered, act, isEntering] = useActionState(enter, UNTRIED);
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

  const fromServer = errors.code?.type === SERVER || !isSubmitted;
  const message = fromServer ? trouble : errors.code?.message;
  return (
    <form
      className="gate__form"
      action={act}
      onSubmit={handleSubmit((_values, event) => {
        const form = new FormData(event?.target as HTMLFormElement);
        startTransition(() => act(form));
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
