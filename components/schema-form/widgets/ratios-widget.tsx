"use client";
import type { WidgetProps } from "@rjsf/utils";
import { SegmentsWidget } from "@/components/schema-form/widgets/segments-widget";

/** A few ratios side by side, each drawn. */
export function RatiosWidget(props: WidgetProps) {
  return <SegmentsWidget {...props} isDrawn />;
}
