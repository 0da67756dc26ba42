"use client";

import { type ReactNode, type Ref, useImperativeHandle, useMemo, useRef } from "react";
import { Dock } from "@/components/playground/dock";
import { ModeBadge } from "@/components/playground/mode-badge";
import { type FieldRefusal, standingRefusals } from "@/components/playground/refusals";
import { useDraft } from "@/components/playground/use-draft";
import { useEarlyInput } from "@/components/playground/use-early-input";
import { useSettings } from "@/components/playground/use-settings";
import { useSpendNews } from "@/components/playground/use-spend";
import { useUploadWait } from "@/components/playground/use-upload-wait";
import { DropAnywhere } from "@/components/schema-form/files/drop-anywhere";
import { SchemaForm, type SchemaFormHandle } from "@/components/schema-form/schema-form";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { modeOf } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";
import type { SpendView } from "@/lib/spend/schema";

export type FormPanelHandle = {
  /** Puts a recipe into the form. */
  fill: (input: Record<string, unknown>) => void;
  /** What is in the form, to be compared with what is in it later. */
  snapshot: () => string;
  /** Checks the form and presses Generate, or goes to the first thing that is wrong. */
  submit: () => void;
  /** Brings the visitor to a field. */
  focus: (field: string | null) => void;
  /** Unfolds what hides a control, by its id. */
  reveal: (id: string) => void;
};

type Props = {
  model: Model;
  isSandbox: boolean;
  isOutdated: boolean;
  /** What the server or MindVideo refused, field by field. It shows for as long as the form holds that value. */
  refusals: FieldRefusal[];
  /** What the server rendered with: the price of the untouched form, and what is left today. */
  spend: SpendView;
  /** Changes whenever money was booked, so that the figures are asked for anew. */
  booked: string;
  onPress: (input: Record<string, unknown>) => void;
  /** Where the recipe comes from, beside its name. */
  children: ReactNode;
  ref: Ref<FormPanelHandle>;
};

/** The recipe: the form of the model's schema, what it will make, and Generate. */
export function FormPanel({ model, isSandbox, isOutdated, refusals, spend, booked, onPress, children, ref }: Props) {
  const [formData, setFormData] = useDraft(model.slug);
  const form = useRef<SchemaFormHandle>(null);
  const panel = useRef<HTMLElement>(null);
  useEarlyInput(panel);
  const queue = useUploadQueue();
  const wait = useUploadWait(
    () => form.current?.submit(),
    (id) => form.current?.reveal(id),
  );
  const settings = useSettings(model, formData);
  useSpendNews(booked);
  const mode = modeOf(model, formData);
  // The form takes another list for another refusal, so it gets a new one only when something in it changed.
  const standing = JSON.stringify(standingRefusals(refusals, formData));
  const extraErrors = useMemo(() => JSON.parse(standing), [standing]);

  useImperativeHandle(ref, () => ({
    fill: (input) => {
      wait.drop();
      queue.clear();
      setFormData({ ...input });
    },
    snapshot: () => JSON.stringify([formData, queue.counts().running]),
    submit: wait.press,
    focus: (field) => {
      const control = field ? document.getElementById(`root_${field}`) : null;
      const first = panel.current?.querySelector<HTMLElement>("textarea, input");
      (control ?? first)?.focus();
    },
    reveal: (id) => {
      if (document.getElementById(id)?.closest("[hidden]")) form.current?.unfold();
    },
  }));

  return (
    <section className="panel" aria-label="Recipe" ref={panel}>
      <div className="subbar">
        <h2 className="panel__name">Recipe</h2>
        {children}
        {mode && <ModeBadge mode={mode} />}
      </div>
      <div className="panel__form">
        <SchemaForm
          ref={form}
          model={model}
          formData={formData}
          onChange={setFormData}
          onSubmit={onPress}
          extraErrors={extraErrors}
        />
      </div>
      <DropAnywhere onUnfold={() => form.current?.unfold()} />
      <Dock
        isSandbox={isSandbox}
        isOutdated={isOutdated}
        wait={wait}
        spend={{ model: model.slug, settings, initial: spend }}
        onGenerate={wait.press}
      />
    </section>
  );
}
