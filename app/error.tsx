"use client";

import { NoticePage } from "@/components/playground/notice-page";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <NoticePage
      title="This page stumbled."
      action={
        <button type="button" className="key" onClick={reset}>
          Try again
        </button>
      }
    >
      Nothing is lost: what you typed is kept in this browser, and what you started goes on without the page.
    </NoticePage>
  );
}
