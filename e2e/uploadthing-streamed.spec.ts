import { test } from "./fixtures/ingest-test";
import { describeUploadThing } from "./flows/uploadthing-run";

describeUploadThing(test, { isCalledBack: false });
