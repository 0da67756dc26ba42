import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { THEME_COOKIE, toTheme } from "@/components/playground/theme";
import { SharedPage } from "@/components/sharing/shared-page";
import { sharedView } from "@/lib/shares/queries";
import { requireAccess } from "@/lib/visitors/access";
import { getVisitor } from "@/lib/visitors/cookie";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ t?: string | string[] }> };

// Its headers say the same; this is for whoever keeps the page without them.
export const metadata: Metadata = {
  title: "A clip · MindVideo Playground",
  robots: { index: false, follow: false },
  referrer: "no-referrer",
};

/** One generation: for its owner, or for whoever has the link it is shared by. */
export default async function GenerationPage({ params, searchParams }: Props) {
  const [{ id }, { t }] = await Promise.all([params, searchParams]);
  await requireAccess(`/g/${encodeURIComponent(id)}${typeof t === "string" ? `?${new URLSearchParams({ t })}` : ""}`);
  const view = await sharedView(id, { owner: await getVisitor(), token: typeof t === "string" ? t : null });
  if (!view) notFound();
  return <SharedPage view={view} theme={toTheme((await cookies()).get(THEME_COOKIE)?.value)} />;
}
