import { describe, expect, it } from "vitest";
import { addressOf } from "@/lib/visitors/limits";

describe("where a request came from", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    // Some proxies write the port, too.
    ["203.0.113.7:51234", "203.0.113.7"],
    ["[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::1]", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["[::ffff:203.0.113.7]:80", "203.0.113.7"],
  ])("%j is %s", (header, address) => {
    expect(addressOf(new Headers({ "X-Forwarded-For": header }))).toBe(address);
  });

  it.each([
    "",
    "unknown",
    "203.0.113.7,",
    "203.0.113.7:",
    "203.0.113.7:port",
    "[203.0.113.7",
    "2001:db8::1]:80",
    "a:1",
  ])("%j names none", (header) => {
    expect(addressOf(new Headers({ "X-Forwarded-For": header }))).toBeNull();
  });

  it("is not known without the header", () => {
    expect(addressOf(new Headers())).toBeNull();
  });
});
