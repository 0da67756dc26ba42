import "server-only";
import { RETRY_AFTER_SECONDS } from "@/lib/http";

// Drawn as every page that has one thing to say (notice-page.css), with the same tokens.
const STYLE = `
  :root { --well: light-dark(#d9d9d9, #0c0c0c); --chassis: light-dark(#f1f1f1, #1b1b1b); --key: light-dark(#fdfdfd, #2c2c2c); --key-hover: light-dark(#e8e8e8, #363636); --ink: light-dark(#141414, #f3f3f3); --ink-2: light-dark(#454545, #b6b6b6); --sans: ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
  body { margin: 0; min-height: 100vh; background: var(--well); color: var(--ink); font: 400 13px/20px var(--sans); }
  header { display: flex; align-items: center; gap: 10px; height: 48px; padding: 0 16px; background: var(--chassis); font: 600 14px/20px var(--sans); letter-spacing: -0.01em; }
  header b { font-weight: 400; color: var(--ink-2); }
  main { padding: 48px 16px; }
  h1 { margin: 0 0 16px; font: 600 28px/36px var(--sans); letter-spacing: -0.015em; }
  p { margin: 0 0 16px; max-width: 36em; font: 400 15px/24px var(--sans); color: var(--ink-2); }
  a { display: inline-flex; align-items: center; height: 32px; padding: 0 12px; border-radius: 6px; background: var(--key); color: var(--ink); font-weight: 500; text-decoration: none; }
  a:hover { background: var(--key-hover); }
  a:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
  @media (max-width: 720px) { a { height: 40px; } }
`;

const MARK =
  '<svg viewBox="0 0 22 16" width="22" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5"><path d="M.75 4.5V.75H4.5M17.5.75h3.75V4.5M21.25 11.5v3.75H17.5M4.5 15.25H.75V11.5"/><path d="M8.5 3v10" stroke="#ff5a26" stroke-width="2"/></svg>';

/**
 * What whoever loads a page sees while the database is away: a page that needs nothing else of this server, neither script nor
 * font. `theme` is the visitor's choice; "system" leaves it to the device.
 */
export function awayPage(theme: "system" | "light" | "dark"): Response {
  const scheme = theme === "system" ? "light dark" : theme;
  const page = `<!doctype html>
<html lang="en" style="color-scheme: ${scheme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back in a moment · MindVideo Playground</title>
<style>${STYLE}</style>
</head>
<body>
<header>${MARK}<span>MindVideo <b>Playground</b></span></header>
<main>
<h1>The playground will be back in a moment.</h1>
<p>It cannot reach its database right now. Nothing is lost: what you started goes on by itself, and what you typed is kept in this browser.</p>
<a href="">Try again</a>
</main>
</body>
</html>
`;
  return new Response(page, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy":
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      "Cache-Control": "no-store",
      "Retry-After": String(RETRY_AFTER_SECONDS),
    },
  });
}
