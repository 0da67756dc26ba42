"use client";

import { acceptText } from "@/components/schema-form/files/picked-types";
import { Icon } from "@/components/ui/icon";

type EmptySlotsProps = {
  id: string;
  /** What each empty slot is for; null where that goes without saying. */
  roles: (string | null)[];
  types: string[];
  isMultiple: boolean;
  isDisabled: boolean;
  isInvalid: boolean;
  describedBy?: string;
  onFiles: (files: File[]) => void;
};

/** Where a file will lie. The native file control lies over it whole, so pressing, dropping and Tab all find it. */
export function EmptySlots(props: EmptySlotsProps) {
  const { id, roles, types, isMultiple, isDisabled, isInvalid, describedBy, onFiles } = props;
  return (
    <div className="empty" data-count={roles.length}>
      {roles.map((role, index) => (
        <div key={role} aria-hidden="true">
          <div className="empty__pic" data-invalid={isInvalid || undefined}>
            <Icon name="plus" />
            {index === 0 && <span>Drop, paste or choose</span>}
          </div>
          {role !== null && <div className="empty__cap">{role}</div>}
        </div>
      ))}
      <input
        type="file"
        id={id}
        accept={acceptText(types)}
        multiple={isMultiple}
        disabled={isDisabled}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // So that the same file can be chosen once more.
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}
