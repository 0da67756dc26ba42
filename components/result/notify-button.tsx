"use client";

import { useEffect, useState } from "react";
import { Icon } from "@/components/ui/icon";

/** Asks for leave to notify, and only when it is pressed. Not there where the browser cannot, or has been told no. */
export function NotifyButton() {
  const [permission, setPermission] = useState<NotificationPermission | "unknown">("unknown");
  useEffect(() => {
    if ("Notification" in window) setPermission(Notification.permission);
  }, []);
  if (permission === "granted") return <span className="acts__ask">You will be notified.</span>;
  if (permission !== "default") return null;
  return (
    <button type="button" className="key" onClick={async () => setPermission(await Notification.requestPermission())}>
      <Icon name="bell" />
      Notify me
    </button>
  );
}
