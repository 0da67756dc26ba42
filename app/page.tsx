import { cookies } from "next/headers";
import { Playground } from "@/components/playground/playground";
import { THEME_COOKIE, toTheme } from "@/components/playground/theme";
import { env } from "@/lib/env";
import { recentGenerations } from "@/lib/generations/queries";
import { defaultModel } from "@/lib/models/catalogue";
import { withDefaults } from "@/lib/models/rules";
import { settingsOf } from "@/lib/spend/policy";
import { getSpendView } from "@/lib/spend/queries";
import { uploadsConfig } from "@/lib/uploads/queries";
import { requireAccess } from "@/lib/visitors/access";
import { getVisitor } from "@/lib/visitors/cookie";

export default async function Home() {
  await requireAccess("/");
  const owner = await getVisitor();
  const model = defaultModel();
  const theme = toTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <Playground
      model={model}
      upstream={env().upstream}
      recent={owner ? await recentGenerations(owner) : []}
      renderedAt={Date.now()}
      theme={theme}
      uploads={uploadsConfig()}
      spend={await getSpendView(owner, model.slug, settingsOf(model, withDefaults(model, {})))}
    />
  );
}
