import type { Trouble } from "@/components/playground/use-generations";

/** At the right of the status bar. What is rendering goes on, whether this page hears of it or not. */
export function Remark({ trouble, isSandbox }: { trouble: Trouble | null; isSandbox: boolean }) {
  if (trouble === "no_access") {
    return (
      <>
        This playground asks for its code. What is rendering goes on. <a href="/access">Enter the code</a>
      </>
    );
  }
  if (trouble === "no_visitor") {
    return (
      <>
        This page has lost its pass, so it hears nothing new. <a href="/">Reload the page</a>
      </>
    );
  }
  if (trouble === "unavailable") {
    return "The playground is away for a moment. What is rendering goes on; this page keeps asking.";
  }
  if (trouble) return "The server does not answer. Nothing stops; this page keeps asking.";
  if (!isSandbox) return null;
  return (
    <>
      <span className="wide-only">No key is set, so clips are stand-ins. Everything else is real.</span>
      <span className="phone-only">Sandbox: clips are stand-ins</span>
    </>
  );
}
