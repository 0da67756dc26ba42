import { test } from "./fixtures/test";
import { describeMainRun } from "./flows/main-run";

describeMainRun(test);
