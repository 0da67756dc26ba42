import { NoticePage } from "@/components/playground/notice-page";

/** What is shown where something unexpected was thrown: one calm sentence, and a way on. */
export function StumblePage({ title, onRetry }: { title: string; onRetry: () => void }) {
  return (
    <NoticePage
      title={title}
      action={
        <button type="button" className="key" onClick={onRetry}>
          Try again
        </button>
      }
    >
      Nothing is lost: what you typed is kept in this browser, and what you started goes on without the page.
    </NoticePage>
  );
}
