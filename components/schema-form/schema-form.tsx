"use client";
import type { IChangeEvent } from "@rjsf/core";
import type { RJSFSchema } from "@rjsf/utils";
import { type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { FoldContext } from "@/components/schema-form/fold-context";
import { toFormSchema } from "@/components/schema-form/form-schema";
import { idOf, type ShownIssue, shownAt, toErrorSchema } from "@/components/schema-form/issues";
import { ThemedForm } from "@/components/schema-form/theme";
import { toUiSchema } from "@/components/schema-form/ui-schema";
import { validator } from "@/components/schema-form/validator";
import { afterPress } from "@/components/ui/after-press";
import { inputIssues, omissions, toPayload, withDefaults } from "@/lib/models/rules";
import { hintsOf, type InputIssue, type Model } from "@/lib/models/schema";

type Input = Record<string, unknown>;

export type SchemaFormHandle = {
  /** Sends the form: `onSubmit` with the payload when it is right, else the focus goes to the first wrong control. */
  submit: () => boolean;
  /** Opens the advanced settings. */
  unfold: () => void;
  /** Brings the visitor to something inside the form by its id, also where it is folded away. */
  reveal: (id: string) => void;
};

type SchemaFormProps = {
  model: Model;
  /** The state of the form, as `onChange` gave it. Fields it says nothing of have their schema's default. */
  formData: Input;
  onChange: (formData: Input) => void;
  onSubmit: (payload: Input) => void;
  /** What the server or MindVideo refused. Each stays until its field changes; hand in a new list for a new refusal. */
  extraErrors?: { field: string; message: string }[];
  /** Keeps the ids of several forms on one page apart. */
  idPrefix?: string;
  ref?: Ref<SchemaFormHandle>;
};

const NO_ERRORS: { field: string; message: string }[] = [];

// RJSF compares these by identity: a new object would make every field render.
const BEHAVIOUR = {
  arrayMinItems: { populate: "never" },
  emptyObjectFields: "skipEmptyDefaults",
} as const;

/** The form of any model, drawn from its schema alone. It judges nothing until it is sent or a wrong field is left. */
export function SchemaForm(props: SchemaFormProps) {
  const { model, formData, onChange, onSubmit, extraErrors = NO_ERRORS, idPrefix = "root", ref } = props;
  const data = useMemo(() => withDefaults(model, formData), [model, formData]);
  const formSchema = useMemo(() => toFormSchema(model.inputSchema), [model]);
  const reasonKey = JSON.stringify(omissions(model, data));
  const uiSchema = useMemo(() => toUiSchema(model, formSchema, JSON.parse(reasonKey)), [model, formSchema, reasonKey]);

  const [isOpen, setIsOpen] = useState(false);
  const [wasSent, setWasSent] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const refusals = useRefusals(extraErrors, data);

  const isJudged = wasSent || left.size > 0;
  const issues = useMemo(() => (isJudged ? inputIssues(model, toPayload(model, data)) : []), [model, data, isJudged]);
  const shown: ShownIssue[] = [...refusals, ...issues.filter((issue) => wasSent || isWrong(issue, left))].map(
    (issue) => ({ path: shownAt(issue.path, uiSchema), message: issue.message }),
  );
  const shownKey = JSON.stringify(shown);
  const errorSchema = useMemo(() => toErrorSchema(JSON.parse(shownKey)), [shownKey]);

  // RJSF tells of a change after it has drawn it. Whoever presses Generate in the same moment means the newest state.
  const latest = useRef({ data, onChange, onSubmit });
  useEffect(() => {
    latest.current = { data, onChange, onSubmit };
  });

  const isAdvanced = useCallback(
    (field: unknown) => hintsOf(formSchema.properties?.[String(field)] ?? {}).advanced === true,
    [formSchema],
  );
  const focusFirst = useCallback(
    (wrong: ShownIssue[]) => {
      if (wrong.some(({ path }) => isAdvanced(path[0]))) flushSync(() => setIsOpen(true));
      const order = Object.keys(formSchema.properties ?? {});
      const [first] = [...wrong].sort((a, b) => order.indexOf(String(a.path[0])) - order.indexOf(String(b.path[0])));
      if (first) focusControl(idOf(idPrefix, first.path));
    },
    [formSchema, idPrefix, isAdvanced],
  );

  const submit = useCallback(() => {
    flushSync(() => setWasSent(true));
    const payload = toPayload(model, latest.current.data);
    const found = inputIssues(model, payload);
    if (found.length > 0) {
      focusFirst(found.map(({ path, message }) => ({ path: shownAt(path, uiSchema), message })));
      return false;
    }
    setWasSent(false);
    setLeft(new Set());
    latest.current.onSubmit(payload);
    return true;
  }, [model, uiSchema, focusFirst]);
  const reveal = useCallback((id: string) => {
    if (document.getElementById(id)?.offsetParent === null) flushSync(() => setIsOpen(true));
    focusControl(id);
  }, []);
  useImperativeHandle(ref, () => ({ submit, unfold: () => setIsOpen(true), reveal }), [submit, reveal]);

  const hasFoldedRefusal = refusals.some(({ path }) => isAdvanced(path[0]));
  useEffect(() => {
    if (hasFoldedRefusal) setIsOpen(true);
  }, [hasFoldedRefusal]);

  const change = useCallback((event: IChangeEvent) => {
    latest.current.data = event.formData;
    latest.current.onChange(event.formData);
  }, []);
  const leave = useCallback(
    (id: string) => {
      const field = Object.keys(formSchema.properties ?? {}).find((name) => {
        const own = idOf(idPrefix, [name]);
        return id === own || id.startsWith(`${own}_`);
      });
      if (field === undefined) return;
      afterPress(() => setLeft((before) => (before.has(field) ? before : new Set(before).add(field))));
    },
    [formSchema, idPrefix],
  );
  const fold = useMemo(() => ({ isOpen, toggle: () => setIsOpen((before) => !before) }), [isOpen]);

  return (
    <FoldContext value={fold}>
      <ThemedForm
        className="flex min-h-0 flex-1 flex-col overflow-auto pb-0.5 [scrollbar-color:var(--tick)_transparent] [scrollbar-width:thin] max-[720px]:overflow-visible"
        schema={formSchema as RJSFSchema}
        uiSchema={uiSchema}
        formData={data}
        validator={validator}
        extraErrors={errorSchema}
        idPrefix={idPrefix}
        experimental_defaultFormStateBehavior={BEHAVIOUR}
        showErrorList={false}
        noHtml5Validate
        noValidate
        onChange={change}
        onBlur={leave}
      >
        {/* RJSF draws a button of its own where it has no children. Enter in a field sends nothing: that costs money. */}
        <span hidden />
      </ThemedForm>
    </FoldContext>
  );
}

/** A field that was left with something wrong in it; what is merely missing waits until the form is sent. */
const isWrong = (issue: InputIssue, left: ReadonlySet<string>) => !issue.missing && left.has(String(issue.path[0]));

/** The refusals that still stand: those of fields that hold what they held when they were refused. */
function useRefusals(extraErrors: { field: string; message: string }[], data: Input): InputIssue[] {
  const [refused, setRefused] = useState({ errors: extraErrors, data });
  if (refused.errors !== extraErrors) setRefused({ errors: extraErrors, data });
  const held = refused.errors === extraErrors ? refused.data : data;
  return extraErrors
    .filter(({ field }) => JSON.stringify(held[field]) === JSON.stringify(data[field]))
    .map(({ field, message }) => ({ path: [field], message, missing: false }));
}

function focusControl(id: string) {
  const control = document.getElementById(id);
  const chosen = control?.querySelector<HTMLElement>("input:checked") ?? control?.querySelector<HTMLElement>("input");
  const target = control?.getAttribute("role") === "radiogroup" ? (chosen ?? control) : control;
  target?.focus({ preventScroll: true });
  target?.scrollIntoView?.({ block: "nearest" });
}
