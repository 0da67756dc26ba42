"use client";

import { type RefObject, useMemo } from "react";
import { flushSync } from "react-dom";
import { createParentage } from "@/components/frames/parentage";
import { firstFrameField, pictureFields, withoutPictures } from "@/components/frames/picture-fields";
import type { FormPanelHandle } from "@/components/playground/form-panel";
import { openStorage } from "@/components/playground/open-storage";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import type { Generation } from "@/lib/generations/schema";
import { promptField } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";

/** How pictures come from the stage into the form, and which clip the form continues with one of them. */
export function usePictures(model: Model, form: RefObject<FormPanelHandle | null>) {
  const queue = useUploadQueue();
  return useMemo(() => {
    const first = firstFrameField(model);
    const pictures = pictureFields(model);
    const parentage = createParentage(queue, first, openStorage(), model.slug);

    const onContinue = (generation: Generation) => {
      const before = form.current?.snapshot();
      return (lastFrame: File) => {
        if (!first) return false;
        // Reading it can take a while, and whoever has gone on with the form meanwhile keeps what is there.
        const isAsItWas = form.current?.snapshot() === before;
        // The queue has to know of the empty field before something is put into it.
        if (isAsItWas) flushSync(() => form.current?.fill(withoutPictures(model, generation.input, first)));
        const field = queue.fields().find(({ control }) => control === first.id);
        if (field && queue.entries(field.fieldId).length > 0) queue.replace(field.fieldId, 0, lastFrame);
        else if (field) queue.add(field.fieldId, [lastFrame], 0);
        parentage.begin(generation.id);
        form.current?.reveal(first.id);
        if (isAsItWas) form.current?.focus(promptField(model));
        return isAsItWas;
      };
    };
    const onPicture = async (picture: File) => {
      const loaded = await import("@/components/frames/next-place").catch(() => null);
      if (!loaded) return "The server does not answer, so nothing was added";
      const { nextPlace, placedText, putPicture } = loaded;
      const place = nextPlace(queue, pictures);
      if (!place) return "This form has no place for a picture";
      putPicture(queue, place, picture);
      if (place.control) form.current?.reveal(place.control);
      return placedText(place);
    };
    return {
      parentage,
      onContinue: first && onContinue,
      onPicture: pictures.length > 0 ? onPicture : null,
    };
  }, [queue, model, form]);
}
