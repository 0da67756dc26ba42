"use client";

import { useEffect, useState } from "react";
import { withDefaults } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";
import { settingsOf } from "@/lib/spend/policy";

const SETTLED_AFTER_MS = 300;

const settingsIn = (model: Model, formData: Record<string, unknown>) =>
  settingsOf(model, withDefaults(model, formData));

/**
 * What decides about the price of the form, once nothing in it has changed for a moment. Typing a prompt changes nothing of
 * it, and so renders nothing.
 */
export function useSettings(model: Model, formData: Record<string, unknown>): string {
  const [settings, setSettings] = useState(() => settingsIn(model, formData));
  useEffect(() => {
    const timer = setTimeout(() => setSettings(settingsIn(model, formData)), SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [model, formData]);
  return settings;
}
