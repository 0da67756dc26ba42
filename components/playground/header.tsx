import { Brand } from "@/components/playground/brand";
import type { Theme } from "@/components/playground/theme";
import { ThemeToggle } from "@/components/playground/theme-toggle";
import { YourWork } from "@/components/sharing/your-work";

type Props = { modelName: string; isSandbox: boolean; theme: Theme };

export function Header({ modelName, isSandbox, theme }: Props) {
  return (
    <header className="top">
      <div className="top__id">
        <Brand />
        <span className="model-name" title={modelName}>
          {modelName}
        </span>
      </div>
      <div className="top__go">
        {isSandbox && <span className="sandbox">Sandbox</span>}
        <YourWork />
        <ThemeToggle initial={theme} />
      </div>
    </header>
  );
}
