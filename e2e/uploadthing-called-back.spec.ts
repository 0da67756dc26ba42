import { test } from "./fixtures/ingest-test";
import { describeUploadThing } from "./flows/uploadthing-run";

test.use({ publicUrl: "https://playground.test" });

describeUploadThing(test, { isCalledBack: true });
