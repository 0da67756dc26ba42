"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { use, useState } from "react";
import { Header } from "@/components/playground/header";
import type { Theme } from "@/components/playground/theme";
import { Workbench } from "@/components/playground/workbench";
import { ServerClock } from "@/components/result/server-clock";
import { isRunning } from "@/components/result/shown";
import { loadEndedDeck } from "@/components/result/use-ended-deck";
import { UploadsProvider } from "@/components/uploads/uploads-provider";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";
import type { SpendView } from "@/lib/spend/schema";
import type { UploadsConfig } from "@/lib/uploads/schema";

export type PlaygroundProps = {
  model: Model;
  upstream: "mindvideo" | "sandbox";
  recent: Generation[];
  /** When the server rendered the page, in milliseconds since 1970. */
  renderedAt: number;
  theme: Theme;
  uploads: UploadsConfig;
  /** What a press of the untouched form would cost, and what is left today. */
  spend: SpendView;
};

export function Playground({ model, upstream, recent, renderedAt, theme, uploads, spend }: PlaygroundProps) {
  // What the stage begins with is drawn at once: the page waits for it, on the server and before it comes alive.
  if (recent[0] && !isRunning(recent[0])) use(loadEndedDeck());
  const [client] = useState(() => new QueryClient());
  const isSandbox = upstream === "sandbox";
  return (
    <QueryClientProvider client={client}>
      <ServerClock renderedAt={renderedAt}>
        <div className="app">
          <Header modelName={model.name} isSandbox={isSandbox} theme={theme} />
          <UploadsProvider config={uploads}>
            <Workbench model={model} isSandbox={isSandbox} recent={recent} spend={spend} />
          </UploadsProvider>
        </div>
      </ServerClock>
    </QueryClientProvider>
  );
}
