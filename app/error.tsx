"use client";

import { StumblePage } from "@/components/playground/stumble-page";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return <StumblePage title="This page stumbled." onRetry={reset} />;
}
