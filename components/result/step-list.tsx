import { CopyValue } from "@/components/result/copy-value";
import { stepText } from "@/components/result/duration";
import type { Step } from "@/components/result/steps";

/** The steps of a task with their times, and the task's number at MindVideo. */
export function StepList({ steps, taskId }: { steps: Step[]; taskId: string | null }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step) => (
        <li key={step.name} data-step={step.state} aria-current={step.state === "current" ? "step" : undefined}>
          <b>{step.name}</b>
          <span>{step.afterMs === null ? "–" : stepText(step.afterMs)}</span>
        </li>
      ))}
      {taskId && (
        <li className="steps__id">
          <b>Task</b>
          <CopyValue label="task" value={taskId} />
        </li>
      )}
    </ol>
  );
}
