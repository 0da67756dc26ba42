import { describe, expect, it } from "vitest";
import { downloadName, extensionOf, judgeType } from "@/lib/outputs/policy";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("judgeType", () => {
  it.each([
    ["\0\0\0\x20ftypisom", "video/mp4"],
    ["\0\0\0\x14ftypqt  ", "video/quicktime"],
    ["\0\0\0\x1cftypavif", "image/avif"],
    ["\0\0\0\x1cftypheic", "application/octet-stream"],
    ["\x1aE\xdf\xa3", "video/webm"],
    ["\x89PNG\r\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
    ["\0\0\0\x1cftypM4A ", "audio/mp4"],
    ["RIFF\0\0\0\0WAVEfmt ", "audio/wav"],
    ["OggS\0\x02", "audio/ogg"],
    ["fLaC\0\0", "audio/flac"],
    ["ID3\x04", "audio/mpeg"],
    ["\xff\xfb\x90\x64", "audio/mpeg"],
    ["\xff\xf1\x50\x80", "application/octet-stream"],
    ["<html><script>", "application/octet-stream"],
    ["<svg xmlns=", "application/octet-stream"],
    ["", "application/octet-stream"],
  ])("reads %j as %s", (start, type) => {
    expect(judgeType(bytes(start))).toBe(type);
  });
});

describe("downloadName", () => {
  const of = { model: "viduq3-pro", id: "1a2b3c4d-0000-4000-8000-000000000000", index: 0, extension: "mp4" };

  it.each([
    ["A cinematic shot of a dancer turning.", "viduq3-pro-a-cinematic-shot-of-1a2b3c.mp4"],
    ["Été à Paris", "viduq3-pro-ete-a-paris-1a2b3c.mp4"],
    ["一只猫", "viduq3-pro-1a2b3c.mp4"],
    ['"; rm -rf / \r\nx: y', "viduq3-pro-rm-rf-x-y-1a2b3c.mp4"],
    [null, "viduq3-pro-1a2b3c.mp4"],
  ])("names a clip of %j %s", (prompt, name) => {
    expect(downloadName({ ...of, prompt })).toBe(name);
  });

  it("numbers the outputs after the first", () => {
    expect(downloadName({ ...of, prompt: "x", index: 1, extension: extensionOf("image/png") })).toBe(
      "viduq3-pro-x-1a2b3c-2.png",
    );
  });
});
