import { NoticePage } from "@/components/playground/notice-page";
import { ERROR_TEXT } from "@/lib/errors";

export default function NotFound() {
  return (
    <NoticePage
      title={ERROR_TEXT.not_found.title}
      action={
        <a className="key" href="/">
          Go to the playground
        </a>
      }
    >
      {ERROR_TEXT.not_found.happened}
    </NoticePage>
  );
}
