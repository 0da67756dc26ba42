import "server-only";
import { RETRY_AFTER_SECONDS } from "@/lib/http";

const STYLE = `
  :root { --well: light-dark(#f4f4f4, #0c0c0c); --ink: light-dark(#141414, #f3f3f3); --ink-2: light-dark(#454545, #b6b6b6); }
  body { margin: 0; min-height: 100vh; background: var(--well); color: var(--ink); font: 400 15px/24px ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
  main { padding: 96px 24px 48px; max-width: 36em; }
  h1 { margin: 0 0 16px; font: 600 28px/36px ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif; letter-spacing: -0.015em; }
  p { margin: 0 0 24px; color: var(--ink-2); }
  a { display: inline-block; padding: 8px 16px; border: 1px solid var(--ink-2); border-radius: 6px; color: var(--ink); text-decoration: none; }
`;

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
