import { errorId } from "@/components/schema-form/described-by";
import { Icon } from "@/components/ui/icon";

/** What is wrong with a field, in one sentence under its control. */
export function FieldError({ id, message, className = "" }: { id: string; message?: string; className?: string }) {
  if (message === undefined) return null;
  return (
    <p id={errorId(id)} className={`flex gap-2 pt-2 type-note text-danger ${className}`}>
      <Icon name="alert" />
      {message}
    </p>
  );
}
