"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { copyText } from "@/components/result/copy-text";
import { fetchGenerations } from "@/components/result/generations-query";
import { writeTrouble } from "@/components/result/write-trouble";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { ERROR_TEXT } from "@/lib/errors";
import type { Generation } from "@/lib/generations/schema";
import type { Result } from "@/lib/result";
import { shareGeneration, unshareGeneration } from "@/lib/shares/actions";
import { sharePath } from "@/lib/shares/schema";

export type ShareDialogProps = {
  generation: Generation;
  hasPictures: boolean;
  onChange: (generation: Generation) => void;
  onClose: () => void;
};

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
const AWAY = "The server does not answer, so nothing was changed. Try again in a moment.";

/** Makes the link by which others can watch a clip, shows it this once, and ends it. */
export function ShareDialog({ generation, hasPictures, onChange, onClose }: ShareDialogProps) {
  const { id, shared } = generation;
  const [withPictures, setWithPictures] = useState(shared?.pictures ?? false);
  const [link, setLink] = useState<string | null>(null);
  const [said, say] = useState("");
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const closeKey = useRef<HTMLButtonElement>(null);

  // Another tab may have shared it meanwhile: a second link would end the first one without a word.
  const know = useEffectEvent((known: Generation) => {
    if (!isBusy && said === "") onChange(known);
  });
  useEffect(() => {
    const controller = new AbortController();
    fetchGenerations([id], controller.signal).then(
      ({ generations: [known] }) => known && know(known),
      // It is shown as this page knows it; what is pressed then says by itself what is wrong.
      () => {},
    );
    return () => controller.abort();
  }, [id]);

  async function write<T>(act: () => Promise<Result<T>>, done: (value: T) => void) {
    if (isBusy) return;
    setBusy(true);
    say("");
    try {
      const result = await act();
      if (result.ok) done(result.value);
      else say(ERROR_TEXT[result.error.code].title);
    } catch (error) {
      say(writeTrouble(error, AWAY));
    } finally {
      setBusy(false);
    }
  }

  const share = () =>
    write(
      () => shareGeneration(id, { pictures: hasPictures && withPictures }),
      ({ generation, token }) => {
        setLink(location.origin + sharePath(id, token));
        say("The link is made.");
        onChange(generation);
        setTimeout(() => field.current?.select());
      },
    );
  const unshare = () =>
    write(
      () => unshareGeneration(id),
      (generation) => {
        setLink(null);
        say("It is not shared any more. The link opens nothing.");
        // The key that was pressed is about to go.
        closeKey.current?.focus();
        onChange(generation);
      },
    );
  const copy = async () => {
    if (await copyText(link ?? "")) return say("Copied.");
    // Selecting takes the focus, too: only where there is something left to do in the field.
    field.current?.select();
    say("It could not be copied. The link is selected; copy it by hand.");
  };

  return (
    <Dialog
      title="Share this clip"
      onClose={onClose}
      foot={
        <>
          <span className="ask__said" aria-live="polite">
            {said}
          </span>
          {shared && (
            <button type="button" className="key key--bare" aria-disabled={isBusy || undefined} onClick={unshare}>
              Stop sharing
            </button>
          )}
          <button ref={closeKey} type="button" className="key key--bare" onClick={onClose}>
            Close
          </button>
          {link === null && (
            <button type="button" className="key key--ink" aria-disabled={isBusy || undefined} onClick={share}>
              {shared ? "Make a new link" : "Make a link"}
            </button>
          )}
        </>
      }
    >
      <div className="ask">
        <p>
          Whoever has the link can watch the clip and download it, and sees its prompt and settings. They see nothing
          else of yours, not what it cost, and can change nothing.
        </p>
        {link !== null ? (
          <>
            <div className="ask__link">
              <input
                ref={field}
                type="text"
                readOnly
                aria-label="Link"
                value={link}
                onFocus={(event) => event.target.select()}
              />
              <button type="button" className="key" onClick={copy}>
                <Icon name="copy" />
                Copy
              </button>
            </div>
            <p className="ask__note">
              It is shown this once. If it gets lost, make a new one; this one then opens nothing any more.
              {hasPictures &&
                (withPictures ? " Its reference images are shared with it." : " Its reference images are not shared.")}
            </p>
          </>
        ) : (
          <>
            {shared && (
              <p className="ask__note">
                Shared on {DATE.format(shared.at)}
                {hasPictures && (shared.pictures ? ", with its reference images" : ", without its reference images")}. A
                new link takes the place of the one from then.
              </p>
            )}
            {hasPictures && (
              <label className="ask__check">
                <input
                  type="checkbox"
                  checked={withPictures}
                  onChange={(event) => setWithPictures(event.target.checked)}
                />
                Share its reference images too
              </label>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
