// All properties of one device. They are read from it when this opens, one after the other.
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { commonEntries } from "../app/properties.js";
import { Button } from "./button.js";
import { PropertyRow } from "./property-row.js";

const UNREAD = { state: "unread" };

export const DeviceSettings = ({ device, catalogue, task, onRead, onSave, onImport }) => {
  const properties = commonEntries(catalogue, [device], "options");
  const [live, setLive] = useState({});
  const [write, setWrite] = useState(null); // {key, value, taskId}
  const [errors, setErrors] = useState({});
  const isOpen = useRef(true);
  const note = (key, entry) => isOpen.current && setLive((all) => ({ ...all, [key]: entry }));

  const read = async (key) => {
    note(key, { state: "reading" });
    const answer = await onRead(key);
    note(key, answer ? { state: "known", value: answer.value } : { state: "silent" });
  };
  const readAll = async () => {
    for (const { key, readable } of properties) {
      if (isOpen.current && readable) await read(key);
    }
  };
  useEffect(() => {
    isOpen.current = true;
    if (device.online) readAll();
    return () => {
      isOpen.current = false;
    };
  }, [device.addr]);

  const mine = write && task?.id === write.taskId ? task : null;
  useEffect(() => {
    if (!mine || mine.state === "running") return;
    if (mine.state === "done") note(write.key, { state: "known", value: write.value });
    setErrors((all) => ({ ...all, [write.key]: mine.state === "error" ? mine.last_error : null }));
    setWrite(null);
  }, [mine?.state]);

  const save = async (key, value) => {
    setErrors((all) => ({ ...all, [key]: null }));
    const started = await onSave(key, value);
    if (started) setWrite({ key, value, taskId: started.id });
  };
  const busy = Boolean(write) || task?.state === "running";
  return html`
    <div class="rl-section-head">
      <p class="rl-muted">${device.online ? "Left: stored here. Below: what the device itself says." : "The device is offline: it can neither be read nor written now."}</p>
      <${Button} icon="refresh" disabled=${busy} onClick=${readAll}>Read device config<//>
    </div>
    ${properties.map(
      (property) => html`<${PropertyRow}
        key=${property.key}
        property=${property}
        specials=${device.specials}
        live=${live[property.key] ?? UNREAD}
        busy=${busy}
        saving=${write?.key === property.key}
        error=${errors[property.key]}
        onRead=${() => read(property.key)}
        onSave=${(value) => save(property.key, value)}
        onImport=${(value) => onImport(property.key, value)}
      />`,
    )}
    ${!properties.length && html`<p>This kind of device has no settings that RaceLink knows.</p>`}
  `;
};
