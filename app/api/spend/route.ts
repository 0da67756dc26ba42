import { answer, refuse, route } from "@/lib/http";
import { getModel } from "@/lib/models/catalogue";
import { getSpendView } from "@/lib/spend/queries";
import { getVisitor } from "@/lib/visitors/cookie";

/** `?model=` and `like=` (what `settingsOf` makes of the form): what a press would cost, and what is left today. */
export const GET = route("/api/spend", async (request) => {
  const owner = await getVisitor();
  if (!owner) return refuse("no_visitor");
  const query = new URL(request.url).searchParams;
  const model = getModel(query.get("model") ?? "");
  if (!model) return refuse("unknown_model");
  return answer(await getSpendView(owner, model.slug, query.get("like") ?? ""));
});
