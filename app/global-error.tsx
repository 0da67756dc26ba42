"use client";

import "./globals.css";
import { StumblePage } from "@/components/playground/stumble-page";

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>MindVideo Playground</title>
        <StumblePage title="The playground stumbled." onRetry={reset} />
      </body>
    </html>
  );
}
