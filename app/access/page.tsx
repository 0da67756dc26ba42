import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Gate } from "@/components/access/gate";
import { hasAccess, safePath } from "@/lib/visitors/access";
import { enterCode } from "@/lib/visitors/actions";

export const metadata: Metadata = { title: "Access code · MindVideo Playground", robots: { index: false } };

type Props = { searchParams: Promise<{ to?: string | string[] }> };

export default async function Access({ searchParams }: Props) {
  const to = safePath((await searchParams).to);
  if (await hasAccess()) redirect(to);
  return <Gate to={to} enter={enterCode} />;
}
