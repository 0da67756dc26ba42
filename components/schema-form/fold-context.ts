"use client";
import { createContext } from "react";

/** Whether the advanced settings are unfolded; the form opens them when one of them needs a look. */
export const FoldContext = createContext<{ isOpen: boolean; toggle: () => void }>({ isOpen: false, toggle: () => {} });
