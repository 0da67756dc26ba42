"use client";

import "./globals.css";
import { NoticePage } from "@/components/playground/notice-page";

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>MindVideo Playground</title>
        <NoticePage
          title="The playground stumbled."
          action={
            <button type="button" className="key" onClick={reset}>
              Try again
            </button>
          }
        >
          Nothing is lost: what you typed is kept in this browser, and what you started goes on without the page.
        </NoticePage>
      </body>
    </html>
  );
}
