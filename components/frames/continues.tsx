"use client";

import { useSyncExternalStore } from "react";
import type { Parentage } from "@/components/frames/parentage";
import { Icon } from "@/components/ui/icon";

type Props = { parentage: Parentage; titleOf: (id: string) => string };

/** Which clip the form continues as it stands. */
export function Continues({ parentage, titleOf }: Props) {
  const id = useSyncExternalStore(parentage.subscribe, parentage.current, () => null);
  if (id === null) return null;
  const title = titleOf(id);
  return (
    <span className="continues" title={`Continues ${title}`}>
      <Icon name="link" />
      <span>
        Continues <b>{title}</b>
      </span>
    </span>
  );
}
