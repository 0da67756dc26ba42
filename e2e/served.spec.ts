import type { Page } from "@playwright/test";
import { jpegWithComment, png } from "./fixtures/picture-files";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";
import { newVisitor } from "./fixtures/visitor";

const MARK = "ran-on-our-origin";
// Whatever of it runs leaves a mark: a dialog, a request, a cookie, a word in the storage of our origin.
const SCRIPT = `alert("${MARK}");fetch("/api/health?${MARK}");document.cookie="${MARK}=1";localStorage.setItem("${MARK}","1");`;
const HTML = `<!DOCTYPE html><title>${MARK}</title><img src="/icon.svg?${MARK}" onerror='${SCRIPT}'><script>${SCRIPT}</script>`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload='${SCRIPT}'><script>${SCRIPT}</script></svg>`;

const after = (head: string | Buffer, tail: string) =>
  Buffer.concat([Buffer.from(head as string, "latin1"), Buffer.from(tail)]);

/** Things that run when a browser is careless, and what they are dressed as. */
const DRESSED: { about: string; type: string; bytes: Buffer }[] = [
  { about: "HTML as a video", type: "video/mp4", bytes: Buffer.from(HTML) },
  { about: "HTML as itself", type: "text/html", bytes: Buffer.from(HTML) },
  { about: "HTML after a byte order mark", type: "image/png", bytes: after("\xef\xbb\xbf", HTML) },
  { about: "SVG as itself", type: "image/svg+xml", bytes: Buffer.from(SVG) },
  { about: "SVG as a PNG", type: "image/png", bytes: Buffer.from(`<?xml version="1.0"?>${SVG}`) },
  { about: "a script as a video", type: "text/javascript", bytes: Buffer.from(SCRIPT) },
  {
    about: "XHTML",
    type: "application/xhtml+xml",
    bytes: Buffer.from(`<html xmlns="http://www.w3.org/1999/xhtml"><script>${SCRIPT}</script></html>`),
  },
  {
    about: "a style sheet for XML",
    type: "text/xml",
    bytes: Buffer.from(`<?xml-stylesheet type="text/xsl" href="data:text/xml,x"?>${SVG}`),
  },
  {
    about: "a PDF with a script",
    type: "application/pdf",
    bytes: Buffer.from(`%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj`),
  },
  { about: "a GIF that is a script", type: "image/gif", bytes: after("GIF89a=1;", SCRIPT) },
  { about: "a GIF that is a page", type: "text/html", bytes: after("GIF89a", HTML) },
  { about: "an MP4 that is a page", type: "text/html", bytes: after("\0\0\0\x18ftypisom\0\0\0\0isommp42", HTML) },
  { about: "a sound that is a page", type: "audio/mpeg", bytes: after("ID3\x04\0\0\0\0\0\0", HTML) },
  { about: "a JPEG that is a page", type: "text/html", bytes: after("\xff\xd8\xff\xe0", HTML) },
  { about: "a PNG that is a script", type: "image/png", bytes: after("\x89PNG\r\n\x1a\n/*", `*/${SCRIPT}`) },
];

const SHOWN = /^(video|image|audio)\/(?!svg)|^application\/(octet-stream|json)$/;

/** Puts every address into a page of our origin, as a frame, a picture, a script and whatever else loads one. */
async function embed(page: Page, urls: string[]): Promise<void> {
  await page.evaluate(async (addresses) => {
    const settled: Promise<unknown>[] = [];
    for (const address of addresses) {
      for (const name of ["iframe", "img", "script", "embed", "object", "video", "link"]) {
        const element = document.createElement(name);
        if (name === "link") element.setAttribute("rel", "stylesheet");
        element.setAttribute(name === "object" ? "data" : name === "link" ? "href" : "src", address);
        if (["iframe", "img", "script"].includes(name)) {
          const isOver = ["load", "error"].map(
            (event) => new Promise((resolve) => element.addEventListener(event, resolve, { once: true })),
          );
          settled.push(Promise.race(isOver));
        }
        document.body.append(element);
      }
    }
    // A frame that turns into a download says nothing at all.
    await Promise.race([Promise.all(settled), new Promise((resolve) => setTimeout(resolve, 5_000))]);
  }, urls);
}

test("nothing that a vendor or a visitor gives ever runs on our origin", async ({ browser, playground, vendor }) => {
  test.setTimeout(120_000);
  // Not the watched page of other tests: what the browser refuses here, it says aloud.
  const context = await browser.newContext({ baseURL: playground.url });
  const page = await context.newPage();
  const ran: string[] = [];
  context.on("dialog", (dialog) => {
    ran.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    if (new URL(request.url()).search === `?${MARK}`) ran.push(`request ${request.url()}`);
  });
  await new Screen(page).open();
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const visitor = await newVisitor(playground.url);
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${playground.url}${path}`, { ...init, headers: { ...init.headers, Cookie: cookie } });
  const served: string[] = [];

  await test.step("outputs of MindVideo's", async () => {
    const urls = DRESSED.map(({ bytes, type }, index) => vendor.held.put(`${index}.mp4`, { bytes, type }));
    // In parts, as one generation has at most so many outputs in its answer.
    vendor.ending({ status: "succeeded", answer: { output: { videos: urls.map((url) => ({ url })) } } });
    await page.getByLabel("Prompt").fill("dressed up");
    await page.keyboard.press("Control+Enter");
    const mine = async () => {
      const answer = await send("/api/generations");
      return ((await answer.json()) as { generations: { id: string; status: string }[] }).generations[0];
    };
    await expect.poll(async () => (await mine())?.status, { timeout: 20_000 }).toBe("succeeded");
    const id = (await mine())?.id;
    for (const [index, { about }] of DRESSED.entries()) {
      const path = `/api/generations/${id}/outputs/${index}`;
      const answer = await send(path);
      await answer.arrayBuffer();
      expect([about, answer.status]).toEqual([about, 200]);
      served.push(path);
    }
  });

  await test.step("uploads and their thumbnails", async () => {
    const [first, second] = [await jpegWithComment(HTML), Buffer.concat([await png(), Buffer.from(HTML)])];
    const files = [
      ...DRESSED,
      ...[first, second].map((bytes) => ({ about: "a picture with more", type: "text/html", bytes })),
    ];
    let taken = 0;
    for (const { bytes, type } of files) {
      const headers = { "Content-Type": type, "X-File-Name": "x.html" };
      const answer = await send("/api/uploads", { method: "POST", body: new Uint8Array(bytes), headers });
      const { sha256 } = (await answer.json()) as { sha256?: string };
      if (!sha256) continue;
      taken++;
      served.push(`/api/uploads/${sha256}`, `/api/uploads/${sha256}?thumb`);
    }
    expect(taken).toBeGreaterThanOrEqual(1);
  });

  await test.step("previews", async () => {
    for (const index of DRESSED.keys()) {
      const path = `/api/uploads/preview?url=${encodeURIComponent(`${vendor.url}/held/${index}.mp4`)}`;
      const answer = await visitor.fetch(path);
      expect(answer.headers.get("content-type")).toMatch(/^(application\/json|image\/(png|jpeg))/);
      served.push(path);
    }
  });

  await test.step("what is refused and what is missing", async () => {
    const inPath = encodeURIComponent(HTML);
    served.push(`/api/generations/${inPath}/outputs/0`, `/api/uploads/${inPath}`, `/u/${inPath}?g=${inPath}`);
    served.push(
      `/api/uploads/preview?url=${inPath}`,
      `/api/generations?ids=${inPath}`,
      `/sandbox/api/v1/tasks/${inPath}`,
    );
    served.push(`/${inPath}`, `/g/${inPath}?t=${inPath}`);
  });

  for (const path of served) {
    const answer = await send(path);
    const type = answer.headers.get("content-type") ?? "";
    const policy = answer.headers.get("content-security-policy") ?? "";
    await answer.arrayBuffer();
    expect([path, answer.headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
    if (type.startsWith("text/html")) {
      // A page of ours, which quotes what it was asked for at most as text.
      expect(policy, path).toContain("script-src 'self' 'nonce-");
      continue;
    }
    expect(policy, path).toBe("sandbox; default-src 'none'");
    expect(type.split(";")[0], path).toMatch(answer.ok ? SHOWN : /^application\/json$|^$/);
    if (type.startsWith("application/octet-stream")) {
      expect(answer.headers.get("content-disposition"), path).toMatch(/^attachment/);
    }
  }
  await test.step("opened by themselves", async () => {
    for (const path of served) {
      // A download is no page.
      await page.goto(path).catch(() => {});
      expect(await page.title(), path).not.toBe(MARK);
    }
  });
  // A page of its own: what the first one opened last may still be on its way there.
  const outside = await context.newPage();
  await test.step("inside a page of ours", async () => {
    await outside.goto("/");
    await embed(outside, served);
  });

  expect(ran).toEqual([]);
  expect(await outside.evaluate((mark) => [document.cookie.includes(mark), localStorage.getItem(mark)], MARK)).toEqual([
    false,
    null,
  ]);
  await context.close();
});
