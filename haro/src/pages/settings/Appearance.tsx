/** What this browser remembers: theme, density, colours of gain and loss, time zone. */
import { changePreferences, type Preferences, usePreferences } from "~/app/preferences";
import { SelectField } from "~/ui/forms/Field";
import { Pnl } from "~/ui/values/Figure";
import { Panel } from "~/ui/pages/Panel";

const MACHINE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

export function Appearance() {
  const { theme, density, gains, zone } = usePreferences();
  return (
    <Panel title="Appearance, in this browser">
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <SelectField
          label="Theme"
          value={theme}
          onChange={({ target }) => changePreferences({ theme: target.value as Preferences["theme"] })}
        >
          <option value="system">As this machine</option>
          <option value="dark">Dark</option>
          <option value="light">Light</option>
        </SelectField>
        <SelectField
          label="Density"
          value={density}
          onChange={({ target }) => changePreferences({ density: target.value as Preferences["density"] })}
        >
          <option value="comfortable">Comfortable</option>
          <option value="compact">Compact</option>
        </SelectField>
        <SelectField
          label="Gain and loss"
          help={
            <>
              As <Pnl value="120" /> and <Pnl value="-45.5" />
            </>
          }
          value={gains}
          onChange={({ target }) => changePreferences({ gains: target.value as Preferences["gains"] })}
        >
          <option value="green">Green and red</option>
          <option value="blue">Blue and orange</option>
        </SelectField>
        <SelectField
          label="Time zone"
          help={`This machine's is ${MACHINE}. Times are sent and kept as UTC, which is shown on hover.`}
          value={zone ?? ""}
          onChange={({ target }) => changePreferences({ zone: target.value || null })}
        >
          <option value="">As this machine</option>
          {ZONES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </SelectField>
      </div>
    </Panel>
  );
}
