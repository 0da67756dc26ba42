"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { spendQuery } from "@/components/playground/spend-query";
import type { SpendView } from "@/lib/spend/schema";

export type SpendOf = {
  model: string;
  /** What decides about the price (`settingsOf`). */
  settings: string;
  /** What the server rendered with, for the settings of the untouched form. */
  initial: SpendView;
};

/** The price of a press and what is left today. The price is left out where that of these settings could not be had. */
export function useSpend({ model, settings, initial }: SpendOf): SpendView {
  const [first] = useState(() => ({ settings, at: Date.now() }));
  const isFirst = settings === first.settings;
  const { data } = useQuery(spendQuery(model, settings, isFirst ? { view: initial, at: first.at } : undefined));
  return data ?? { ...initial, expected: null };
}

/** Asks anew whenever `booked` changes: it names what was pressed, taken and ended, for that is when money is booked. */
export function useSpendNews(booked: string) {
  const client = useQueryClient();
  const known = useRef(booked);
  useEffect(() => {
    if (known.current === booked) return;
    known.current = booked;
    void client.invalidateQueries({ queryKey: ["spend"] });
  }, [client, booked]);
}
