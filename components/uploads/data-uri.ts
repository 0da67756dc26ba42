const HEAD = /^data:([^,;]*)((?:;[^,;]*)*),/i;

export const isDataUri = (text: string) => /^data:/i.test(text);

/** The file that a data: URI holds; null when it cannot be read. Its name says what it is. */
export function fileFromDataUri(text: string): File | null {
  const head = HEAD.exec(text);
  if (!head) return null;
  const [all, type = "", options = ""] = head;
  try {
    const bytes = /;base64$/i.test(options)
      ? fromBase64(text.slice(all.length))
      : new TextEncoder().encode(decodeURIComponent(text.slice(all.length)));
    const [kind = "file", ending = ""] = type.toLowerCase().split(/[/+]/);
    return new File([bytes], `pasted-${kind}${ending && `.${ending}`}`, { type });
  } catch {
    return null;
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replace(/%3d/gi, "=").replace(/\s/g, ""));
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
  return bytes;
}
