import { test } from "./fixtures/vendor-test";
import { describeMainRun } from "./flows/main-run";

describeMainRun(test);
