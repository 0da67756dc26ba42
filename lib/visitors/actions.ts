"use server";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { env } from "@/lib/env";
import { isUnavailable } from "@/lib/unavailable";
import { ACCESS_COOKIE, ACCESS_COOKIE_SECONDS, isCode, mintAccess, safePath } from "@/lib/visitors/access";
import { addressOf, codeLanes } from "@/lib/visitors/limits";
import { forgiveTry, takeTry } from "@/lib/visitors/mutations";
import type { CodeAnswer } from "@/lib/visitors/schema";

/**
 * Takes the access code from the code page, with its script or without. The right one opens the door and leads back to where
 * the visitor came from. The only action that asks for no code first.
 */
export async function enterCode(before: CodeAnswer, sent: FormData): Promise<CodeAnswer> {
  const answered = (problem: CodeAnswer["problem"], waitMs = 0): CodeAnswer => ({
    problem,
    waitSeconds: Math.ceil(waitMs / 1000),
    tries: (Number(before?.tries) || 0) + 1,
  });
  const { accessCode, trustProxy, publicUrl } = env();
  // Whoever posts by hand may leave the form out.
  const form = sent instanceof FormData ? sent : new FormData();
  const [code, to] = [form.get("code"), form.get("to")];
  if (accessCode !== null) {
    if (typeof code !== "string" || code.trim() === "") return answered("empty");
    try {
      const lanes = codeLanes(trustProxy ? addressOf(await headers()) : null);
      const { isTaken, waitMs } = await takeTry(lanes, Date.now());
      if (!isTaken) return answered("wait", waitMs);
      if (!isCode(code)) return answered("wrong", waitMs);
      await forgiveTry(lanes, Date.now());
    } catch (error) {
      if (isUnavailable(error)) return answered("unavailable");
      throw error;
    }
    (await cookies()).set(ACCESS_COOKIE, await mintAccess(accessCode, Date.now()), {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: ACCESS_COOKIE_SECONDS,
      secure: publicUrl !== null,
    });
  }
  redirect(safePath(to));
}
