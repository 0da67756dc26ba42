import { layOutImage } from "./fixtures/image";
import { startPlayground } from "./fixtures/server";
import { test as base } from "./fixtures/test";
import { describeMainRun } from "./flows/main-run";

/** The main run once more, against the standalone output as the Dockerfile lays it out and starts it. */
const test = base.extend({
  playground: [
    async ({ serverEnv }, use) => {
      const image = layOutImage();
      const playground = await startPlayground({ env: serverEnv, program: image.program });
      await use(playground);
      await playground.stop();
      image.remove();
    },
    { scope: "worker" },
  ],
});

describeMainRun(test);
