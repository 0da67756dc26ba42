"use client";

import { useEarlierUploads } from "@/components/schema-form/files/earlier-uploads";
import { Icon } from "@/components/ui/icon";

type FileKeysProps = {
  /** The id of the field's name, which tells these keys from those of another field. */
  fieldName: string;
  hasCamera: boolean;
  /** The field itself holds one, so there are earlier uploads even where nobody was asked. */
  hasOwn: boolean;
  isDisabled: boolean;
  onAddress: () => void;
  onEarlier: () => void;
  onFiles: (files: File[]) => void;
};

/** The other ways to a file: by its address, from before, and on a phone from the camera. */
export function FileKeys(props: FileKeysProps) {
  const { fieldName, hasCamera, hasOwn, isDisabled, onAddress, onEarlier, onFiles } = props;
  const { region, hasAny } = useEarlierUploads(hasOwn);
  return (
    <div ref={region} className="files__keys">
      {hasCamera && (
        <label className="key key--bare key--small files__camera">
          <Icon name="camera" />
          Camera
          <input
            type="file"
            accept="image/*"
            capture="environment"
            disabled={isDisabled}
            aria-describedby={fieldName}
            onChange={({ currentTarget }) => {
              const files = [...(currentTarget.files ?? [])];
              currentTarget.value = "";
              onFiles(files);
            }}
          />
        </label>
      )}
      <button
        type="button"
        className="key key--bare key--small"
        aria-describedby={fieldName}
        disabled={isDisabled}
        onClick={onAddress}
      >
        <Icon name="link" />
        Address
      </button>
      {(hasAny || hasOwn) && (
        <button
          type="button"
          className="key key--bare key--small"
          aria-haspopup="dialog"
          aria-describedby={fieldName}
          disabled={isDisabled}
          onClick={onEarlier}
        >
          <Icon name="clock" />
          Earlier uploads
        </button>
      )}
    </div>
  );
}
