"use client";

import { type RefObject, useEffect } from "react";

type Control = HTMLInputElement | HTMLTextAreaElement;

const isChoice = (control: Control): control is HTMLInputElement =>
  control instanceof HTMLInputElement && (control.type === "radio" || control.type === "checkbox");

/** What was done to a control the server drew, as something to do once more; null when nothing was. */
function earlyInput(control: Control): (() => void) | null {
  if (isChoice(control)) {
    const { checked, defaultChecked, type } = control;
    if (checked === defaultChecked || (type === "radio" && !checked)) return null;
    return () => {
      control.checked = !checked;
      control.click();
    };
  }
  if (control.type === "file") {
    // Its value can only be emptied; what was chosen is there still, and nobody heard of it.
    return control.value === "" ? null : () => control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const { value: typed, defaultValue } = control;
  if (typed === defaultValue) return null;
  const kind = control instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  return () => {
    // React takes notice of a value only when it differs from the last one it saw, which it learns from its own setter.
    control.value = defaultValue;
    Object.getOwnPropertyDescriptor(kind.prototype, "value")?.set?.call(control, typed);
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
}

/**
 * Tells the form what was typed and chosen before the page's scripts were there. The browser shows it, but nobody heard
 * of it: the visitor would see one recipe and send another. It comes after the kept draft, and so wins over it.
 */
export function useEarlyInput(region: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const controls = [...(region.current?.querySelectorAll<Control>("input, textarea") ?? [])];
    const early = controls.flatMap((control) => earlyInput(control) ?? []);
    const timer = setTimeout(() => {
      for (const act of early) act();
    });
    return () => clearTimeout(timer);
  }, [region]);
}
