// The types of the HTTP API, made from its own description. Do not edit: run .ci/api_types.py instead.

export interface AckRow {
  ok: boolean;
  opcode: number;
  status: number;
  ts: number;
}

export interface ActionBody {
  mac: string;
  function: string;
  params?: Record<string, unknown>;
}

/** `packet_list`: null unless it was asked for. */
export interface ActionCostRow {
  packets: number;
  bytes: number;
  radio_ms: number;
  airtime_ms: number;
  wall_clock_ms: number;
  index: number;
  kind: string;
  detail: Record<string, unknown>;
  packet_list: Array<PacketRow> | null;
}

/** `params`: the declared ones of those given, as they were understood. */
export interface ActionReply {
  ok: boolean;
  result: ActionResult;
  function: string;
  params: Record<string, number | boolean | [number, number, number]>;
}

/** `sent` is all that is known of an effect; a reset is `acknowledged`. */
export interface ActionResult {
  status: CommandStatus;
  packets_sent: number;
}

/** `ok` false: it did not answer; the state is the last one that it told. */
export interface AskedRow {
  ident_mac: string;
  ok: boolean;
  state: string;
  state_byte: number;
  state_metadata_ms: number;
}

export interface AttachedReply {
  ok: boolean;
  attached: Array<string>;
}

/** The networks follow from the targets when the scene runs. */
export interface AutoScope {
  mode: "auto";
}

export interface BatteryChange {
  warn_2s_v?: number | null;
  warn_6s_v?: number | null;
  split_v?: number | null;
}

/** In volts. A battery below `split_v` has two cells, else six; below 5 V it has one and a limit of 3.4 V. */
export interface BatteryLimits {
  warn_2s_v: number;
  warn_6s_v: number;
  split_v: number;
}

export interface BitRow {
  bit: number;
  label: string;
  default_visible: boolean;
}

/** Dark, whatever the nodes are doing: offset mode is left first, brightness becomes 0. */
export interface BlackoutCommand {
  kind: "blackout";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
}

/** Every node of every network, whether the host knows it or not. */
export interface BroadcastTarget {
  kind: "broadcast";
}

/** Why a stored scene cannot be read, and what lies there. action_index counts from 0; null: not about one action raw the actions as they were written, null if even that cannot be told */
export interface BrokenRow {
  code: string;
  problem: string;
  action_index: number | null;
  raw: JsonValue;
}

/** A task is running; ask again when it is done, or cancel it. */
export interface Busy {
  ok: false;
  error: string;
  detail: FailureDetail;
  busy: true;
  task: TaskRow;
  [more: string]: unknown;
}

/** One missing gateway, or all of them. */
export interface CancelBody {
  gateway_mac?: string | null;
  all?: boolean;
}

export interface CapabilityRow {
  label: string;
  options: Array<OptionRow>;
  functions: Array<FunctionRow>;
}

/** Of a network only the name can be changed; a field that it does not know is refused, never lost. */
export interface ChangeNetworkBody {
  name: string;
}

/** `migrate_suggested`: its gateway reports other radio settings than the network has. */
export interface ChangedNetworkReply {
  ok: boolean;
  network: NetworkRow;
  migrate_suggested: boolean;
}

/** `changed`: how many packets left their gateway. */
export interface ChangedReply {
  ok: boolean;
  changed: number;
}

export interface ChoiceRow {
  value: string;
  label: string;
}

/** What was sent so that no lamp stays armed or locked. `problem`: why some of it could not be sent. */
export interface CleanUp {
  packets: number;
  problem: string | null;
}

/** One command, told apart by `kind`. */
export type CommandBody = RlPresetCommand | RlEffectCommand | WledPresetCommand | SyncCommand | BlackoutCommand | LocateCommand | HeadlessCommand | StartblockCommand | OffsetGroupCommand;

export interface CommandReply {
  ok: boolean;
  result: ResultRow;
}

/** `confirm`: the question to ask first, null if none. */
export interface CommandRow {
  key: string;
  label: string;
  option: number;
  data0: number;
  destructive: boolean;
  confirm: string | null;
  explanation: string;
}

export type CommandStatus = "sent" | "acknowledged" | "rejected" | "timed_out" | "failed" | "overtaken";

/** document what was exported parts which of its parts to take; absent or null: all that it holds mode merge: what the document has is added or changed; replace: what it does not have is removed, too dryRun only tell what would happen */
export interface ConfigurationBody {
  document: Record<string, unknown>;
  parts?: Array<"networks" | "groups" | "devices" | "presets" | "scenes" | "seats" | "race_bindings" | "settings"> | null;
  mode?: "merge" | "replace";
  dryRun?: boolean;
}

/** A file to keep, or to take to another host. `references`: the names behind numbers in it. */
export interface ConfigurationDocument {
  format: string;
  schema_version: number;
  racelink: string;
  exported: string;
  references: Record<string, JsonValue>;
  parts: Record<string, JsonValue>;
}

/** `lines`: the report in sentences. */
export interface ConfigurationReply {
  ok: boolean;
  summary: string;
  lines: Array<string>;
  report: ConfigurationReport;
}

/** racelink, exported which version wrote the document, and when refused what was not taken, with the reason remarks what was taken, but not as it stood there, or needs a look ..._count how many there are; only the first 300 are listed pending_devices devices that have to confirm another group than before; nothing was sent to them backup the file to go back to; None if nothing was changed, or there was nothing saved before undo how to go back */
export interface ConfigurationReport {
  is_dry_run: boolean;
  mode: "merge" | "replace";
  racelink: string;
  exported: string;
  parts: Array<PartReport>;
  refused: Array<Finding>;
  refused_count: number;
  remarks: Array<Finding>;
  remarks_count: number;
  pending_devices: number;
  backup: string | null;
  undo: string | null;
}

export interface ControlBody {
  macs?: Array<string> | null;
  groupId?: number | null;
  flags: number;
  presetId: number;
  brightness: number;
}

/** `label`: how the copy is called; otherwise "... copy". */
export interface CopyBody {
  label?: string | null;
}

/** `label`: how the copy is called; otherwise "... copy". */
export interface CopyPresetBody {
  label?: string | null;
}

/** packets every fragment of a stream counts, on every network that sends it bytes on the wire, with radio header and framing radio_ms time on air airtime_ms time on air and delays wall_clock_ms from the first byte to the end: between barriers the slowest network */
export interface CostRow {
  packets: number;
  bytes: number;
  radio_ms: number;
  airtime_ms: number;
  wall_clock_ms: number;
}

/** `count`: how many devices were sent it. */
export interface CountReply {
  ok: boolean;
  count: number;
}

export interface CreateBody {
  name: string;
  dev_type?: number;
}

/** `key`: made from the label if it is not given; it stays for ever. */
export interface CreatePresetBody {
  label?: string | null;
  params?: Record<string, JsonValue> | null;
  flags?: Record<string, JsonValue> | null;
  key?: string | null;
}

export interface CreateRaceBindingBody {
  name: string;
  event: string;
  only?: RaceFilter | null;
  reaction: RlPresetCommand | RlEffectCommand | WledPresetCommand | SyncCommand | BlackoutCommand | LocateCommand | HeadlessCommand | StartblockCommand | RunScene | StopScene;
  colour_from?: "event" | "pilot" | "leader" | "team" | "seat" | null;
  to_seat?: boolean | null;
  at_moment?: boolean | null;
  is_on?: boolean | null;
}

/** `key`: what the scene is to be known by, made from the label if it is not given. It stays for ever. */
export interface CreateSceneBody {
  actions?: Array<JsonValue> | null;
  stop_on_error?: JsonValue | null;
  network_scope?: Record<string, JsonValue> | null;
  label?: string | null;
  key?: string | null;
}

export interface CreatedReply {
  ok: boolean;
  id: number;
}

/** A part that cannot be done as things are, or that lamps will not show. */
export interface DegradedRow {
  action_index: number;
  child_index: number | null;
  code: string;
  problem: string;
}

export interface DeleteBody {
  id: number;
}

export interface DeletedReply {
  ok: boolean;
  deleted: string;
}

/** `presence` and `stale` are what the page shows; `online` is the same without "unknown". follows whether the lamp does what it was told. yes and no as far as STATUS shows it; sent: what shows is right, and the rest was sent follows_reason why, as a sentence; null when there is nothing to say */
export interface DeviceRow {
  addr: string;
  name: string;
  dev_type: number;
  dev_type_name: string;
  dev_type_caps: Array<string>;
  groupId: number;
  network_id: string | null;
  last_known_rf_config: RadioProfile | null;
  flags: number;
  configByte: number;
  presetId: number;
  effectId: number;
  effect_name: string | null;
  brightness: number;
  specials: Record<string, number>;
  voltage_mV: number;
  battery_low: boolean;
  node_rssi: number;
  node_snr: number;
  host_rssi: number;
  host_snr: number;
  version: number;
  last_seen_ts: number;
  last_ack: AckRow | null;
  online: boolean;
  presence: "online" | "offline" | "unknown";
  stale: boolean;
  link_error: string | null;
  group_push_pending: boolean;
  told: ToldRow | null;
  follows: "unknown" | "yes" | "no" | "sent";
  follows_reason: string | null;
}

/** asked, replied requests sent to it, alone or among others, and those it answered; reply_rate 0..1 rssi, snr in dBm and dB, as its gateway heard it: the last time, and on average. null: not heard yet */
export interface DeviceStatisticsRow {
  addr: string;
  name: string;
  asked: number;
  replied: number;
  reply_rate: number | null;
  heard: number;
  rssi: number | null;
  rssi_mean: number | null;
  snr: number | null;
  snr_mean: number | null;
}

export interface DeviceTarget {
  kind: "device";
  value: string;
}

/** `last_seen_ts` is by the host's clock, which `GET /api/master` tells. */
export interface DevicesReply {
  ok: boolean;
  devices: Array<DeviceRow>;
}

export interface DiscoverBody {
  targetGroupId?: number;
  newGroupName?: string | null;
  discoveryGroup?: number | "all";
}

/** All that an editor needs to know to offer only what makes sense. */
export interface EditorSchemaReply {
  max_actions: number;
  kinds: Array<KindRow>;
  flags: Array<FlagRow>;
  flag_keys: Array<string>;
  target_kinds: Array<SceneChoiceRow>;
  container_target_kinds: Array<SceneChoiceRow>;
  offset_group: OffsetGroupSchema;
  lora: LoraRow;
  ok: boolean;
}

/** The four flags an operator chooses; POWER_ON and HAS_BRI are derived (spec scenes, section 6). */
export interface EffectFlags {
  arm_on_sync: boolean;
  force_tt0: boolean;
  force_reapply: boolean;
  offset_mode: boolean;
}

/** None means "not sent, the node keeps its value". Field order is the editor's order. */
export interface EffectParameters {
  mode?: number | null;
  speed?: number | null;
  intensity?: number | null;
  custom1?: number | null;
  custom2?: number | null;
  custom3?: number | null;
  check1?: boolean | null;
  check2?: boolean | null;
  check3?: boolean | null;
  palette?: number | null;
  color1?: [number, number, number] | null;
  color2?: [number, number, number] | null;
  color3?: [number, number, number] | null;
  brightness?: number | null;
}

/** `vars`: the 14 values in the order of the form; `ui`: one entry for each. */
export interface EffectSchema {
  vars: Array<string>;
  ui: Record<string, WidgetRow>;
  flags: Array<FlagRow>;
  palette_color_rules: PaletteColourRules;
}

/** How the 14 values of an effect are asked for. */
export interface EffectSchemaReply {
  ok: boolean;
  schema: EffectSchema;
}

/** Whether the effect uses the value, what it calls it, and what it suggests. */
export interface EffectSlotRow {
  used: boolean;
  label: string | null;
  default: number | boolean | null;
}

/** A scene that need not be stored. `explain`: true lists every packet and why it is sent. */
export interface EstimateBody {
  actions?: Array<JsonValue> | null;
  stop_on_error?: JsonValue | null;
  network_scope?: Record<string, JsonValue> | null;
  explain?: boolean;
}

/** `lora`: the slowest radio profile of the networks that take part. warnings why lamps will not show it, though every packet is sent: no_capable_device, offline, left_in_offset_mode, not_in_offset_mode */
export interface EstimateReply {
  ok: boolean;
  total: CostRow;
  per_network: Record<string, NetworkCostRow>;
  per_action: Array<ActionCostRow>;
  degraded: Array<DegradedRow>;
  warnings: Array<DegradedRow>;
  rewrites: Array<RewriteRow>;
  lora: LoraRow;
  resolved_network_ids: Array<string>;
  network_scope_mode: "auto" | "explicit";
}

export interface ExplicitEntry {
  id: number;
  offset_ms: number;
}

/** One value per group; stored by ascending id, each id once. Empty only beside a tombstone. */
export interface ExplicitOffset {
  mode: "explicit";
  values: Array<ExplicitEntry>;
}

/** Only these networks, whatever the targets say. */
export interface ExplicitScope {
  mode: "explicit";
  network_ids: Array<string>;
}

export interface FactRow {
  title: string;
  text: string;
}

/** Every answer that is not what was asked for. */
export interface Failure {
  ok: false;
  error: string;
  detail: FailureDetail;
  [more: string]: unknown;
}

/** `code` is stable; further fields depend on it. */
export interface FailureDetail {
  code: string;
  [more: string]: unknown;
}

/** `what` names the record as the operator knows it; `reason` is a sentence. */
export interface Finding {
  kind: "source" | "network" | "group" | "device" | "preset" | "scene" | "wled_presets" | "option" | "seat" | "race_binding";
  what: string;
  reason: string;
}

export interface FlagRow {
  key: string;
  label: string;
}

/** Flags that an action sets over those of its preset; None inherits. */
export interface FlagsOverride {
  arm_on_sync?: boolean | null;
  force_tt0?: boolean | null;
  force_reapply?: boolean | null;
  offset_mode?: boolean | null;
}

export interface ForceBody {
  skipOffline?: boolean;
}

/** `emptied_seats`: how many seats of the race timer have no lamps any more. */
export interface ForgottenReply {
  ok: boolean;
  emptied_seats: number;
}

/** One frame on the cable between host and gateway. seq counts up by one over all gateways since the start of the host ts Unix time at which it was written to the device or read from it gateway the MAC; the port before the gateway has said who it is hex all bytes as on the cable, 00 and LEN included text what it says */
export interface FrameRecord {
  seq: number;
  ts: number;
  gateway: string;
  direction: "to_gateway" | "from_gateway";
  hex: string;
  text: string;
}

/** `confirm`: the question to ask first, null if none. `refresh`: read the properties again afterwards. */
export interface FunctionRow {
  key: string;
  label: string;
  comm: string;
  vars: Array<string>;
  ui: Record<string, VariableRow>;
  type: "effect" | "configuration" | "stream";
  unicast: boolean;
  broadcast: boolean;
  confirm: string | null;
  refresh: boolean;
}

export interface GatewayReply {
  ok: boolean;
  gateway: ReadinessRow;
}

export interface GatewayRow {
  ident_mac: string;
  kind: "rf" | "ethernet";
  port: string;
  bind_state: "pending" | "bound" | "conflict" | "unbound";
  network_id: string | null;
  network_name: string | null;
  rf_config_actual: RadioProfile | null;
  rf_config_expected: RadioProfile | null;
  conflict_fields: Array<string>;
  is_connected: boolean;
  state: string;
  state_byte: number;
  state_metadata_ms: number;
  last_event: string | null;
  last_event_ts: number | null;
  last_error: string | null;
  overhead_ms: number;
}

export interface GatewaysReply {
  ok: boolean;
  gateways: Array<GatewayRow>;
}

/** `moved_devices`: how many are in "Unconfigured" now; `changed_scenes`: how many named the group. `emptied_seats`: how many seats of the race timer have no lamps any more. */
export interface GroupDeletedReply {
  ok: boolean;
  moved_devices: number;
  changed_scenes: number;
  emptied_seats: number;
}

/** `dev_type` 0: several kinds, or none. */
export interface GroupRow {
  id: number;
  name: string;
  static: boolean;
  dev_type: number;
  device_count: number;
  online_count: number;
  caps_in_group: Record<string, number>;
  network_id: string | null;
  network_kind: "rf" | "ethernet" | null;
}

export interface GroupsReply {
  ok: boolean;
  groups: Array<GroupRow>;
}

/** The members of these groups; stored sorted, without repeats. `(TOMBSTONE,)` is what remains when every group of the list was deleted (spec scenes, 3.1). Nobody may choose it. */
export interface GroupsTarget {
  kind: "groups";
  value: Array<number>;
}

/** Starts a scene that lamps know by number. `brightness` 0: each lamp's own at power-on. */
export interface HeadlessCommand {
  kind: "headless";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  scene: number;
  brightness?: number;
}

export interface HeadlessReply {
  ok: boolean;
  scenes: Array<HeadlessRow>;
}

/** `effect_id`, `color`: null where each lamp returns to its own. `takes_brightness`: false, it is dark anyway. */
export interface HeadlessRow {
  id: number;
  name: string;
  effect_id: number | null;
  color: [number, number, number] | null;
  takes_brightness: boolean;
}

export interface HealingChange {
  enabled?: boolean | null;
  airtime_percent?: number | null;
}

export interface HealingReply {
  ok: boolean;
  enabled: boolean;
  airtime_percent: number;
  networks: Array<HealingRow>;
}

/** One network. Everything is counted since the start of the host; `*_ms` is time on air. state what healing does now, or why it does nothing, as a sentence waiting lamps whose turn is still to come checked answers compared with what was told followed lamps that followed at once repeated times that a lamp was told again because it showed something else, or was answering when told healed lamps that followed after that given_up lamps that still did not sent_unverified times that what no lamp can confirm was sent once more unanswered lamps that answered no question airtime_ms spent on questions, answers and repetitions budget_ms the most that it may spend in a minute budget_left_ms what it may spend at once; negative while overdrawn */
export interface HealingRow {
  network_id: string;
  state: string;
  waiting: number;
  checked: number;
  followed: number;
  repeated: number;
  healed: number;
  given_up: number;
  sent_unverified: number;
  unanswered: number;
  airtime_ms: number;
  budget_ms: number;
  budget_left_ms: number;
}

/** `enabled`: lamps that do not follow are told again. `airtime_percent`: the most that it takes of the air. */
export interface HealingSettings {
  enabled: boolean;
  airtime_percent: number;
}

/** mode embedded: inside RotorHazard, with its page around ours; standalone: a program of its own longest_stall_ms the longest time since the start in which nothing here could run */
export interface HealthReply {
  ok: boolean;
  ts: number;
  phase: string;
  version: string;
  mode: "embedded" | "standalone";
  longest_stall_ms: number;
}

/** id counts up by one; newer is larger ts Unix time at which it began kind of the command, as in the API; "request" for a question or order that nodes answer; "task" name of the request or the task; None for commands origin who asked for it; `priority` is how urgent that was target whom it was for, in words params what was asked for status how it ended: a command's status; "answered" or "silent"; "started", "done" or "error" code, detail why, where it did not simply work; `result` is what a task returned packets_sent how many packets left their gateways for it duration_ms until the end was known devices the MACs by what became of each: acknowledged, refused, answered, silent, disturbed, not_sent, or what is known of a command that nobody acknowledges: sent, failed, timed_out. Empty for everyone */
export interface HistoryRecord {
  id: number;
  ts: number;
  kind: string;
  name: string | null;
  origin: string;
  priority: string | null;
  target: string | null;
  params: Record<string, unknown>;
  status: string;
  code: string | null;
  detail: string | null;
  result: unknown;
  packets_sent: number;
  duration_ms: number;
  devices: Record<string, Array<string>>;
}

/** `records`, newest first. `next`: give it as `before` to go on; null at the end. */
export interface HistoryReply {
  ok: boolean;
  records: Array<HistoryRecord>;
  next: number | null;
}

/** ts when the hour began, Unix time sent_* by the gateway, its own SYNCs included; `heard_*` what it forwarded. `*_ms` is time on air duty_percent share of the hour that was spent sending */
export interface HourRow {
  ts: number;
  sent_packets: number;
  sent_bytes: number;
  sent_ms: number;
  heard_packets: number;
  heard_bytes: number;
  heard_ms: number;
  duty_percent: number;
}

/** source home: the folder `.racelink` of an older host; options: RotorHazard's options dry_run only tell what would happen on_conflict what counts where a record is there already and differs: keep it, or replace it by the older one */
export interface ImportBody {
  source: "home" | "options";
  dry_run?: boolean;
  on_conflict?: "keep" | "replace";
}

export interface ImportPropertyBody {
  mac: string;
  key: string;
  value: number | SegmentValue;
}

/** `written`: the flat keys that are stored now. */
export interface ImportPropertyReply {
  ok: boolean;
  mac: string;
  key: string;
  value: number | SegmentValue;
  written: Array<string>;
}

/** `lines`: the report in sentences. */
export interface ImportReply {
  ok: boolean;
  lines: Array<string>;
  report: ImportReport;
}

/** taken per kind of record changed what was taken, but not as it stood there left_out what was not taken, with the reason changed_count, left_out_count how many there are; only the first 300 are listed is_dry_run nothing was changed utc when, as in 2026-01-02T03:04:05Z backup the file to go back to; None if nothing was changed, or there was nothing before undo how to go back; None if nothing was changed */
export interface ImportReport {
  utc: string;
  trigger: "first_start" | "request" | "program";
  is_dry_run: boolean;
  on_conflict: "keep" | "replace";
  sources: Array<string>;
  taken: Array<KindReport>;
  changed: Array<Finding>;
  changed_count: number;
  left_out: Array<Finding>;
  left_out_count: number;
  backup: string | null;
  undo: string | null;
}

export interface IndicateBody {
  macs: Array<string>;
  indicator_type?: number;
  duration_sec?: number;
}

export type JsonValue = unknown;

/** One kind of record, by name. added was not there replaced was there, and the older record took its place kept is there and differs; the older record was not taken same is there already, just like that */
export interface KindReport {
  kind: "source" | "network" | "group" | "device" | "preset" | "scene" | "wled_presets" | "option" | "seat" | "race_binding";
  added: Array<string>;
  replaced: Array<string>;
  kept: Array<string>;
  same: number;
}

/** A kind of action. `ui`: one entry per value of `vars`; those of effects are in the schema of RL presets. container, child_kinds only offset groups have actions of their own */
export interface KindRow {
  kind: string;
  label: string;
  supports_target: boolean;
  supports_flags_override: boolean;
  vars: Array<string>;
  ui: Record<string, WidgetRow>;
  container: boolean;
  child_kinds: Array<string>;
}

/** `report` is null when nothing was ever taken over. `notices`: what is shown until somebody has seen it. */
export interface LastImportReply {
  ok: boolean;
  report: ImportReport | null;
  notices: Array<string>;
}

export interface Limits {
  min: number;
  max: number;
}

/** base + group * step. */
export interface LinearOffset {
  mode: "linear";
  base_ms?: number;
  step_ms?: number;
}

/** Paints an indicator over what is shown, for `seconds`; 0 takes it away. Indicator 4 = identify. */
export interface LocateCommand {
  kind: "locate";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  seconds?: number;
  indicator?: number;
}

/** `cr`: the denominator of the coding rate 4/5 to 4/8. `wire_overhead_ms_per_packet`: until it was measured. */
export interface LoraRow {
  sf: number;
  bw_hz: number;
  cr: number;
  preamble_sym: number;
  explicit_header: boolean;
  low_dr_opt: boolean;
  crc_on: boolean;
  wire_overhead_ms_per_packet: number;
}

/** `ts`: the host's clock, Unix seconds, against which `last_seen_ts` is read; browsers' clocks differ. */
export interface MasterReply {
  ok: boolean;
  ts: number;
  master: MasterRow;
  gateway: ReadinessRow;
  gateways: Array<GatewayRow>;
  reconnect: Array<MissingRow>;
  task: TaskRow | null;
  problems: Array<ProblemText>;
}

export interface MasterRow {
  networks: Array<SlotRow>;
  default_network_id: string | null;
}

/** `changed`: devices whose record is another one now. Without a group nothing is sent, so the others are 0. With a group the answer is a task, whose result has the same four counts. */
export interface MetaReply {
  ok: boolean;
  changed: number;
  skipped_offline: number;
  timed_out: number;
  total: number;
}

export interface MissingReply {
  ok: boolean;
  missing: Array<MissingRow>;
}

/** A gateway that a network counts on. `next_retry_in_s` null: it is found when it is plugged in. */
export interface MissingRow {
  network_id: string;
  network_name: string;
  gateway_mac: string;
  next_retry_in_s: number | null;
  cancelled: boolean;
}

/** base + (group mod cycle) * step. */
export interface ModuloOffset {
  mode: "modulo";
  base_ms?: number;
  step_ms?: number;
  cycle?: number;
}

/** `duty_cycle_percent`: of what the region allows in an hour; null where there is no limit. */
export interface NetworkCostRow {
  packets: number;
  bytes: number;
  radio_ms: number;
  duty_cycle_percent: number | null;
}

export interface NetworkReply {
  ok: boolean;
  network: NetworkRow;
}

export interface NetworkRow {
  id: string;
  name: string;
  kind: "rf" | "ethernet";
  is_default: boolean;
  gateway_mac: string | null;
  region: string | null;
  channel_id: number | null;
  rf_config: RadioProfile | null;
  attached: boolean;
  device_count: number;
  group_count: number;
}

/** limit_percent of an hour that the region allows on this channel; null: no limit last_hour_* the sixty minutes that end now, which is what the limit is about hours the running hour first */
export interface NetworkStatistics {
  network_id: string;
  name: string;
  limit_percent: number | null;
  last_hour_ms: number;
  last_hour_percent: number;
  is_over_limit: boolean;
  hours: Array<HourRow>;
}

export interface NetworksReply {
  ok: boolean;
  networks: Array<NetworkRow>;
  default_network_id: string | null;
}

/** Nothing to say. */
export interface NoBody {
}

/** Nothing needs to be said. */
export interface NoFields {
}

/** Leaves offset mode. */
export interface NoOffset {
  mode: "none";
}

/** `macs` with exactly one is the same as `mac`. `flags` is an older name of `data0`. */
export interface NodeConfigBody {
  mac?: string | null;
  macs?: Array<string> | null;
  option: number;
  data0?: number | null;
  flags?: number | null;
  data1?: number;
  data2?: number;
  data3?: number;
}

/** sent packets that went out; forgetting a master takes two acked the node confirmed all of them; a restart it never does recv3 the address on air explanation what follows from it, for the page */
export interface NodeConfigReply {
  ok: boolean;
  sent: number;
  acked: boolean;
  recv3: string;
  option: number;
  data0: number;
  data1: number;
  data2: number;
  data3: number;
  explanation: string;
}

export interface NodeConfigSchemaReply {
  ok: boolean;
  commands: Array<CommandRow>;
  bits: Array<BitRow>;
  pairing: Array<FactRow>;
}

/** A container: its participants are given an offset each, then its children are sent (spec scenes, 10.2). */
export interface OffsetGroupCommand {
  kind: "offset_group";
  target: BroadcastTarget | GroupsTarget;
  offset: NoOffset | ExplicitOffset | LinearOffset | VshapeOffset | ModuloOffset;
  actions?: Array<RlPresetCommand | WledPresetCommand | RlEffectCommand>;
}

/** What an offset group takes. `modes`: how its offsets are given. */
export interface OffsetGroupSchema {
  max_groups: number;
  max_children: number;
  group_id: Limits;
  offset_ms: Limits;
  base_ms: Limits;
  step_ms: Limits;
  center: Limits;
  cycle: Limits;
  modes: Array<SceneChoiceRow>;
  supports_broadcast_target: boolean;
  child_kinds: Array<string>;
  child_target_kinds: Array<string>;
}

/** `shape` uint16-pair: a value is `{start, stop}`, stored under `keys`. `may_be_empty`: 0 and 0 for no segment. */
export interface OptionRow {
  key: string;
  label: string;
  option: number;
  min: number;
  max: number;
  bytes: number;
  shape: "scalar" | "uint16-pair";
  default: number | null;
  readable: boolean;
  keys: Array<string>;
  may_be_empty: boolean;
}

/** `presets`: the preset slots of WLED, as a list to choose from; those that have a name come first. */
export interface OptionsReply {
  ok: boolean;
  presets: Array<SlotOption>;
}

/** One packet on one network, and why it is sent. `child`: counts from 0; null: not of one child. */
export interface PacketRow {
  network_id: string;
  receiver: string;
  opcode: number;
  body_bytes: number;
  bytes: number;
  radio_ms: number;
  child: number | null;
  reason: string;
}

/** Colour n is part of a palette p if `force_slot_min_palette[n]` <= p <= `max_palette_id`. */
export interface PaletteColourRules {
  force_slot_min_palette: [number, number, number];
  max_palette_id: number;
}

/** One part, by name of what is in it. `unchanged`: how many were here just like that. */
export interface PartReport {
  part: "networks" | "groups" | "devices" | "presets" | "scenes" | "seats" | "race_bindings" | "settings";
  added: Array<string>;
  changed: Array<string>;
  removed: Array<string>;
  unchanged: number;
}

/** `status`: done, failed, cancelled, rejected, or interrupted, by the end of RaceLink. result null where there is none code, detail why it was rejected, or did not come to its end */
export interface PastRun {
  id: number;
  scene_key: string;
  origin: string;
  is_draft: boolean;
  status: string;
  started_ts: number;
  duration_ms: number;
  packets_sent: number;
  code: string | null;
  detail: string | null;
  result: Record<string, unknown> | null;
}

export interface PresetDeletedReply {
  ok: boolean;
  used_by_scenes: Array<UserRow>;
}

export interface PresetFileAddedReply {
  ok: boolean;
  files: Array<PresetFileRow>;
  current: string;
  file: StoredPresetFileRow;
}

/** `saved_ts`: Unix seconds. */
export interface PresetFileRow {
  name: string;
  size: number;
  saved_ts: number;
}

/** `presets`: what the file names. */
export interface PresetFileSelectedReply {
  ok: boolean;
  current: string;
  presets: Array<SlotOption>;
}

/** Newest first. `current`: the one in use, empty if none is. */
export interface PresetFilesReply {
  ok: boolean;
  files: Array<PresetFileRow>;
  current: string;
}

export interface PresetReply {
  ok: boolean;
  preset: PresetRow;
}

export interface PresetRow {
  id: number;
  key: string;
  label: string;
  created: string;
  updated: string;
  params: EffectParameters;
  flags: EffectFlags;
}

export interface PresetsReply {
  ok: boolean;
  presets: Array<PresetRow>;
}

export interface ProblemRow {
  ts: number;
  reason: string;
  origin: string;
  code: string;
  failure_count: number;
  next_retry_in_s: number | null;
}

/** What is wrong, said to an operator. */
export interface ProblemText {
  code: string;
  text: string;
}

export interface ProtocolVersion {
  major: number;
  minor: number;
}

/** The state of the default network's gateway, and of each. */
export interface QueryStateReply {
  ok: boolean;
  state: string;
  state_byte: number;
  state_metadata_ms: number;
  gateways: Array<AskedRow>;
}

/** `order`: the ids of all bindings. Of one event the first fires first. */
export interface RaceBindingOrderBody {
  order: Array<number>;
}

export interface RaceBindingReply {
  ok: boolean;
  binding: RaceBindingRow;
}

/** `reaction`: a command, `run_scene` or `stop_scene`, told apart by `kind`; only what is set. problem why it does nothing at present, such as a scene that was deleted; null: nothing is wrong overtaken how often since the start a newer event came before its turn, so that only that was sent */
export interface RaceBindingRow {
  id: number;
  name: string;
  event: string;
  event_label: string;
  only: RaceFilter;
  reaction: Record<string, unknown>;
  colour_from: "event" | "pilot" | "leader" | "team" | "seat" | null;
  to_seat: boolean;
  at_moment: boolean;
  is_on: boolean;
  problem: ReactionProblemRow | null;
  overtaken: number;
}

/** One of them: the `result` of a command, the `run` of a scene, or whether a scene was `stopped`. */
export interface RaceBindingTestedReply {
  ok: boolean;
  result: ResultRow | null;
  run: RunRow | null;
  stopped: boolean | null;
}

/** In the order in which they fire, event by event. `most`: so many there can be. */
export interface RaceBindingsReply {
  ok: boolean;
  bindings: Array<RaceBindingRow>;
  most: number;
}

export interface RaceClassRow {
  id: number;
  name: string;
}

/** An event that can be bound. topic events of one topic stand together has_seat, has_lap, has_moment whether it says it: only then it can be limited to one, or fired at the moment colour_sources whose colours it may have, the most useful first */
export interface RaceEventRow {
  name: string;
  label: string;
  topic: string;
  has_seat: boolean;
  has_lap: boolean;
  has_moment: boolean;
  colour_sources: Array<"event" | "pilot" | "leader" | "team" | "seat">;
}

/** In the order of a race. */
export interface RaceEventsReply {
  ok: boolean;
  events: Array<RaceEventRow>;
}

/** None: whatever it is. Seats count from 0; lap 0 is the pass that begins the first lap. An event that does not say what is asked for does not pass. */
export interface RaceFilter {
  seat?: number | null;
  lap_number?: number | null;
  class_id?: number | null;
}

/** `connected`: whether RaceLink runs inside a race timer; without one no event ever happens. */
export interface RaceTimerReply {
  ok: boolean;
  connected: boolean;
  seats: number;
  classes: Array<RaceClassRow>;
}

/** LoRa settings of a network. Ranges are what gateway and node accept (spec wire, 15.1). */
export interface RadioProfile {
  freq_hz: number;
  bw_khz_x10: 78 | 104 | 156 | 208 | 313 | 417 | 625 | 1250 | 2500 | 5000;
  sf: number;
  cr_den: number;
  sync_word: number;
  tx_power_dbm: number;
  preamble: number;
}

export interface ReactionProblemRow {
  code: string;
  text: string;
}

export interface ReadPropertyBody {
  mac: string;
  key: string;
}

/** `value`: what the device has. `expected`: what is stored, or else a fresh device has; null if that varies. */
export interface ReadPropertyReply {
  ok: boolean;
  mac: string;
  key: string;
  value: number | SegmentValue;
  expected: number | SegmentValue | null;
  comparison: "match" | "diverged";
}

/** ready at least one gateway answers failure_count failures in a row retry_attempt which of them in a row the planned try is, 1 = the first; 0: none is planned */
export interface ReadinessRow {
  ready: boolean;
  last_error: ProblemRow | null;
  failure_count: number;
  retry_attempt: number;
  gateway_count: number;
}

/** Something was read differently from how it stood there, or will not do what it says. `text`: a sentence. */
export interface ReadingWarning {
  code: string;
  text: string;
  action_index: number | null;
  child_index: number | null;
}

/** started_ts Unix time at which it was begun is_running frames are being added ended_by why it ended: "stopped", "size" or what went wrong; None: it runs, or an earlier start wrote it */
export interface Recording {
  name: string;
  size_bytes: number;
  started_ts: number;
  is_running: boolean;
  ended_by: string | null;
}

/** `recording`: null when nothing has been recorded since the start. */
export interface RecordingReply {
  ok: boolean;
  recording: Recording | null;
}

/** `recordings`, newest first. */
export interface RecordingsReply {
  ok: boolean;
  recordings: Array<Recording>;
}

export interface RenameBody {
  id: number;
  name: string;
}

/** `order`: as for reorder; the first one gets id 1. `update_scenes`: what refers to a group follows it. */
export interface RenumberBody {
  order: Array<number>;
  update_scenes?: boolean;
}

/** `order`: the id of every group once, as they shall be shown. */
export interface ReorderBody {
  order: Array<number>;
}

/** The base of every successful answer. */
export interface Reply {
  ok: boolean;
}

export interface ResultRow {
  status: CommandStatus;
  code: string | null;
  detail: string | null;
  packets_sent: number;
  devices: Record<string, CommandStatus>;
}

/** What one pass of the planner saved of the time on air, summed over all networks. */
export interface RewriteRow {
  name: string;
  saved_ms: number;
}

export interface RlEffectCommand {
  kind: "rl_effect";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  params: EffectParameters;
  flags_override?: FlagsOverride;
}

/** `preset_id`: the stable id of an RL preset, or a reference by key (`RL:<key>`, `<key>`) that is not known yet. None: nothing chosen yet. `brightness` replaces the preset's own. */
export interface RlPresetChoice {
  presetId?: number | string | null;
  brightness?: number | null;
}

export interface RlPresetCommand {
  kind: "rl_preset";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  params: RlPresetChoice;
  flags_override?: FlagsOverride;
}

/** With `actions` these are run instead of what is stored, under the same key, and nothing is saved. async false: the answer comes at the end, with the result fire_at Unix time at which the first SYNC shall change the light, at most ten minutes ahead */
export interface RunBody {
  actions?: Array<JsonValue> | null;
  stop_on_error?: JsonValue | null;
  network_scope?: Record<string, JsonValue> | null;
  async?: boolean;
  fire_at?: number | null;
}

/** `run` at once, or with `async` false `result` at the end. */
export interface RunReply {
  ok: boolean;
  run: RunRow | null;
  result: SceneResult | null;
}

/** `index`: the action that began last. `is_draft`: it is not, or not like this, what is stored under the key. */
export interface RunRow {
  id: number;
  scene_key: string;
  state: RunState;
  origin: string;
  is_draft: boolean;
  index: number | null;
  started_ts: number;
}

export interface RunScene {
  kind: "run_scene";
  scene: string;
}

export type RunState = "queued" | "running" | "done";

/** Something that will keep lamps from showing what the scene says. `action` None: it is about the whole run. */
export interface RunWarning {
  code: string;
  detail: string;
  action: number | null;
}

/** `warnings`: what was taken differently from how it came, or will not do what it says. */
export interface SavedSceneReply {
  ok: boolean;
  scene: SceneRow;
  warnings: Array<ReadingWarning>;
}

/** `duration_ms`: from its first packet's turn until its last one was out. `detail`: facts for people and pages. */
export interface SceneActionResult {
  index: number;
  kind: string;
  ok: boolean;
  duration_ms: number;
  error: string | null;
  degraded: boolean | null;
  detail: Record<string, unknown> | null;
}

export interface SceneChoiceRow {
  value: string;
  label: string;
  description: string | null;
}

/** What was exported. `scene` and `preset`: a single one, in place of the lists. */
export interface SceneDocument {
  scenes?: Array<JsonValue> | null;
  presets?: Array<JsonValue> | null;
  scene?: Record<string, JsonValue> | null;
  preset?: Record<string, JsonValue> | null;
}

/** A file to keep or to give away. `racelink`: the version that wrote it; `exported`: when. */
export interface SceneExport {
  format: string;
  schema_version: number;
  racelink: string;
  exported: string;
  presets: Array<Record<string, JsonValue>>;
  scenes: Array<Record<string, JsonValue>>;
}

/** `lines`: the report in sentences. */
export interface SceneImportReply {
  ok: boolean;
  lines: Array<string>;
  report: SceneImportReport;
}

/** taken presets and scenes, by name changed what was taken, but not as it stood there, or will not reach anybody here left_out what was not taken, with the reason removed scenes that were here and gave way to the file */
export interface SceneImportReport {
  is_dry_run: boolean;
  on_conflict: "keep" | "replace" | "replace_all";
  taken: Array<KindReport>;
  changed: Array<Finding>;
  changed_count: number;
  left_out: Array<Finding>;
  left_out_count: number;
  removed: number;
}

export interface ScenePlanChange {
  leaves_out_unused_fields?: boolean | null;
}

/** `leaves_out_unused_fields`: values that the chosen effect does not use are not sent; changes what lamps keep. */
export interface ScenePlanSettings {
  leaves_out_unused_fields: boolean;
}

export interface SceneReply {
  ok: boolean;
  scene: SceneRow;
}

/** `ok`: every action ok. `detail`: who or what cancelled it. Moments in Unix seconds. */
export interface SceneResult {
  scene_key: string;
  ok: boolean;
  actions: Array<SceneActionResult>;
  error: string | null;
  detail: string | null;
  aborted_at_index: number | null;
  cancelled_at_index: number | null;
  clean_up: CleanUp | null;
  warnings: Array<RunWarning>;
  packets_sent: number;
  started_ts: number;
  ended_ts: number;
}

/** `actions` in the canonical form. `broken`: null unless the scene cannot be read; then there are no actions. */
export interface SceneRow {
  id: number;
  key: string;
  label: string;
  created: string;
  updated: string;
  stop_on_error: boolean;
  network_scope: AutoScope | ExplicitScope;
  actions: Array<Record<string, unknown>>;
  broken: BrokenRow | null;
}

/** `current`: null while none runs. `queued`: in the order in which they will run. `past`: newest first. */
export interface SceneRunsReply {
  ok: boolean;
  current: RunRow | null;
  queued: Array<RunRow>;
  past: Array<PastRun>;
  next: number | null;
}

export interface SceneStartChange {
  race_event?: "replace" | "queue" | "refuse" | null;
  operator?: "replace" | "queue" | "refuse" | null;
  automation?: "replace" | "queue" | "refuse" | null;
}

/** What a scene does that is started while another one runs, by who started it. */
export interface SceneStartSettings {
  race_event: "replace" | "queue" | "refuse";
  operator: "replace" | "queue" | "refuse";
  automation: "replace" | "queue" | "refuse";
}

export interface ScenesReply {
  ok: boolean;
  scenes: Array<SceneRow>;
}

/** `index` counts from 0, as in events; people are shown `index + 1`. A seat without lamps is not stored. */
export interface Seat {
  index: number;
  target: GroupsTarget | DeviceTarget;
}

/** All seats that have lamps. */
export interface SeatsBody {
  seats: Array<Seat>;
}

/** Only seats with lamps are listed; their `index` counts from 0. `count`: how many the race timer has. */
export interface SeatsReply {
  ok: boolean;
  seats: Array<Seat>;
  count: number;
}

/** LEDs from `start` up to, and without, `stop`. */
export interface SegmentValue {
  start: number;
  stop: number;
}

export interface SelectBody {
  name: string;
}

/** What is absent or null stays as it is. */
export interface SettingsBody {
  brightness_ceiling?: number | null;
  startblocks_follow_heat?: boolean | null;
  battery?: BatteryChange | null;
  healing?: HealingChange | null;
  scene_start?: SceneStartChange | null;
  scene_plan?: ScenePlanChange | null;
  eth_autosync_interval_s?: number | null;
}

/** `brightness_ceiling`: no lamp is told to be brighter, whoever asks; 255 is no limit. `startblocks_follow_heat`: starting blocks show RotorHazard's heat as soon as it changes. */
export interface SettingsReply {
  ok: boolean;
  brightness_ceiling: number;
  startblocks_follow_heat: boolean;
  battery: BatteryLimits;
  healing: HealingSettings;
  scene_start: SceneStartSettings;
  scene_plan: ScenePlanSettings;
  eth_autosync_interval_s: number;
}

/** `slot` counts from 1. What a display cannot show is spelt out or left out. */
export interface SlotBody {
  slot: number;
  callsign?: string;
  channel?: string;
}

/** `value`: the slot on the node, 1 to 250. */
export interface SlotOption {
  value: number;
  label: string;
}

/** A network and what its gateway says of itself; never inferred. state_metadata_ms length of the receive window, 0 in every other state last_event the last thing that it said, e.g. TX_DONE or STATUS_REPLY; null when it is not connected */
export interface SlotRow {
  network_id: string | null;
  network_name: string | null;
  gateway_mac: string | null;
  state: string;
  state_byte: number;
  state_metadata_ms: number;
  last_event: string | null;
  last_event_ts: number | null;
  last_error: string | null;
}

/** As scenes store it: slots count from 0. */
export interface SourceSlot {
  slot: number;
  callsign?: string;
  racechannel?: string;
}

/** Forms by capability; a device's `dev_type_caps` says which it has. */
export interface SpecialsReply {
  ok: boolean;
  specials: Record<string, CapabilityRow>;
}

/** `target`: as for commands; without one, every starting block. `slots`: without them, the current heat. */
export interface StartblockBody {
  target?: BroadcastTarget | GroupsTarget | DeviceTarget;
  slots?: Array<SlotBody> | null;
}

/** Whose names are shown. Field names are those of the scene format. */
export interface StartblockChoice {
  fn_key?: string;
  startblock_use_current_heat?: boolean;
  startblock_slot_list?: Array<SourceSlot>;
}

/** Shows pilots on the starting blocks of the target. The one command that waits for acknowledgements. */
export interface StartblockCommand {
  kind: "startblock";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  params?: StartblockChoice;
}

/** `devices` counts since `since_ts`, the start of the host; `networks` remembers over restarts. */
export interface StatisticsReply {
  ok: boolean;
  ts: number;
  since_ts: number;
  networks: Array<NetworkStatistics>;
  devices: Array<DeviceStatisticsRow>;
}

/** Names devices, or a group, or neither for everything. */
export interface StatusBody {
  selection?: Array<string> | null;
  macs?: Array<string> | null;
  groupId?: number | null;
}

/** `stopped`: whether there was anything to stop. */
export interface StopReply {
  ok: boolean;
  stopped: boolean;
}

export interface StopScene {
  kind: "stop_scene";
}

export interface StoredPresetFileRow {
  name: string;
  size: number;
  saved_ts: number;
  sha256: string;
}

/** Fires everything that is armed. */
export interface SyncCommand {
  kind: "sync";
}

/** `task`: null when none has run since the start. */
export interface TaskReply {
  ok: boolean;
  task: TaskRow | null;
}

/** `remaining_s`: an estimate; null when there is nothing to go by, and when it does not run. */
export interface TaskRow {
  id: number;
  name: string;
  state: "running" | "done" | "error";
  started_ts: number;
  ended_ts: number | null;
  elapsed_s: number;
  remaining_s: number | null;
  cancel_requested: boolean;
  meta: Record<string, unknown>;
  rx_replies: number;
  rx_window_events: number;
  last_error: string | null;
  result: unknown;
}

/** `tasks`, newest first: the one that runs, and the last 20 that ended. */
export interface TasksReply {
  ok: boolean;
  tasks: Array<TaskRow>;
}

/** `team`: its name in the race timer, such as "A". */
export interface TeamColour {
  team: string;
  colour: [number, number, number];
}

/** All teams that have a colour: red, green and blue, 0 to 255 each. */
export interface TeamColoursBody {
  team_colours: Array<TeamColour>;
}

export interface TeamColoursReply {
  ok: boolean;
  team_colours: Array<TeamColour>;
}

/** An event that is made up. What is not given is what the binding is limited to, else the first. seat, lap_number whose pass it would be, and which colour of whomever the binding takes it from */
export interface TestRaceBindingBody {
  seat?: number | null;
  lap_number?: number | null;
  colour?: [number, number, number] | null;
}

/** What a device was last told, as far as STATUS can show it; null: cannot be known. `ts`: Unix seconds. by whose command it was unseen whether more was told that STATUS does not show: colours, speed, the content of a WLED preset */
export interface ToldRow {
  effectId: number | null;
  effect_name: string | null;
  brightness: number | null;
  unseen: boolean;
  ts: number;
  by: string;
}

/** `next`: give it as `after` to go on. `missed`: how many frames were gone before they were read. */
export interface TrafficReply {
  ok: boolean;
  frames: Array<FrameRecord>;
  next: number;
  missed: number;
}

export interface UpdateMetaBody {
  macs: Array<string>;
  groupId?: number | null;
  name?: string | null;
}

/** The counts, or, when the devices change their group, a task. */
export type UpdateMetaReply = MetaReply | TaskReply;

/** label how it is called params any of the 14 values; what is missing or null is left to the node. Replaces all of them flags any of arm_on_sync, force_tt0, force_reapply, offset_mode; missing ones are off. Replaces all of them */
export interface UpdatePresetBody {
  label?: string | null;
  params?: Record<string, JsonValue> | null;
  flags?: Record<string, JsonValue> | null;
}

/** Only what is given changes. event the name of one of the events that can be bound only limits it to a seat (from 0), a lap number (0: the pass that begins the first lap) or a race class reaction a command as for `POST /api/commands`, `run_scene` with the key of a `scene`, or `stop_scene` colour_from whose colour replaces the first one of the effect; null: the effect keeps its own to_seat the lamps of the event's seat are the target, if it has some at_moment fire at the moment that the event announces, not when it is announced */
export interface UpdateRaceBindingBody {
  name?: string | null;
  event?: string | null;
  only?: RaceFilter | null;
  reaction?: RlPresetCommand | RlEffectCommand | WledPresetCommand | SyncCommand | BlackoutCommand | LocateCommand | HeadlessCommand | StartblockCommand | RunScene | StopScene | null;
  colour_from?: "event" | "pilot" | "leader" | "team" | "seat" | null;
  to_seat?: boolean | null;
  at_moment?: boolean | null;
  is_on?: boolean | null;
}

/** What is not given stays as it is. */
export interface UpdateSceneBody {
  actions?: Array<JsonValue> | null;
  stop_on_error?: JsonValue | null;
  network_scope?: Record<string, JsonValue> | null;
  label?: string | null;
}

/** A scene that refers to the preset. */
export interface UserRow {
  key: string;
  label: string;
}

/** `options`: those of a select; null for other widgets. `min` and `max` bound the others. */
export interface VariableRow {
  label: string;
  widget: "number" | "slider" | "select" | "toggle" | "color";
  min: number;
  max: number;
  default: number | null;
  options: Array<ChoiceRow> | null;
}

export interface VersionReply {
  ok: boolean;
  host_version: string;
  protocol: ProtocolVersion;
}

/** base + |group - center| * step. */
export interface VshapeOffset {
  mode: "vshape";
  base_ms?: number;
  step_ms?: number;
  center?: number;
}

/** One entry of a list to choose from. slots of effects: by value, whether it is used deterministic of effects: the same on all nodes that share the clock, so fit for offsets and SYNC */
export interface WidgetOptionRow {
  value: string;
  label: string;
  slots: Record<string, EffectSlotRow> | null;
  deterministic: boolean | null;
}

/** How one value is asked for. `min` and `max` of sliders, `options` of lists. */
export interface WidgetRow {
  widget: "select" | "slider" | "toggle" | "color" | "number";
  min: number | null;
  max: number | null;
  options: Array<WidgetOptionRow> | null;
}

/** `preset_id`: the slot of a preset stored on the node; only 1..250 can be sent (spec wire, section 6). `brightness` None: 128, since a PRESET always carries one. */
export interface WledPresetChoice {
  presetId: number;
  brightness?: number | null;
}

export interface WledPresetCommand {
  kind: "wled_preset";
  target: BroadcastTarget | GroupsTarget | DeviceTarget;
  params: WledPresetChoice;
  flags_override?: FlagsOverride;
}

/** One device (`mac`) or several (`macs`); a value, or `push` for what is stored for each of them. */
export interface WritePropertyBody {
  mac?: string | null;
  macs?: Array<string> | null;
  key: string;
  value?: number | SegmentValue | null;
  push?: boolean;
}

/** By address below `api/`: what `GET` takes and answers. */
export interface Get {
  "health": { body: undefined; reply: HealthReply };
  "version": { body: undefined; reply: VersionReply };
  "master": { body: undefined; reply: MasterReply };
  "task": { body: undefined; reply: TaskReply };
  "tasks": { body: undefined; reply: TasksReply };
  "gateway": { body: undefined; reply: GatewayReply };
  "gateways": { body: undefined; reply: GatewaysReply };
  "gateways/reconnect": { body: undefined; reply: MissingReply };
  "devices": { body: undefined; reply: DevicesReply };
  "groups": { body: undefined; reply: GroupsReply };
  "networks": { body: undefined; reply: NetworksReply };
  "networks/{network_id}": { body: undefined; reply: NetworkReply };
  "options": { body: undefined; reply: OptionsReply };
  "presets/list": { body: undefined; reply: PresetFilesReply };
  "rl-presets": { body: undefined; reply: PresetsReply };
  "rl-presets/schema": { body: undefined; reply: EffectSchemaReply };
  "rl-presets/{key}": { body: undefined; reply: PresetReply };
  "scene-runs": { body: undefined; reply: SceneRunsReply };
  "scenes": { body: undefined; reply: ScenesReply };
  "scenes/editor-schema": { body: undefined; reply: EditorSchemaReply };
  "scenes/{key}": { body: undefined; reply: SceneReply };
  "scenes/{key}/estimate": { body: undefined; reply: EstimateReply };
  "scenes/export": { body: undefined; reply: SceneExport };
  "settings": { body: undefined; reply: SettingsReply };
  "headless": { body: undefined; reply: HeadlessReply };
  "traffic": { body: undefined; reply: TrafficReply };
  "traffic/recordings": { body: undefined; reply: RecordingsReply };
  "history": { body: undefined; reply: HistoryReply };
  "healing": { body: undefined; reply: HealingReply };
  "race/events": { body: undefined; reply: RaceEventsReply };
  "race/timer": { body: undefined; reply: RaceTimerReply };
  "race/bindings": { body: undefined; reply: RaceBindingsReply };
  "race/bindings/{binding_id}": { body: undefined; reply: RaceBindingReply };
  "race/seats": { body: undefined; reply: SeatsReply };
  "race/team-colours": { body: undefined; reply: TeamColoursReply };
  "statistics": { body: undefined; reply: StatisticsReply };
  "import/report": { body: undefined; reply: LastImportReply };
  "configuration/export": { body: undefined; reply: ConfigurationDocument };
  "specials": { body: undefined; reply: SpecialsReply };
  "node-config/schema": { body: undefined; reply: NodeConfigSchemaReply };
}

/** By address below `api/`: what `POST` takes and answers. */
export interface Post {
  "save": { body: undefined; reply: Reply };
  "reload": { body: undefined; reply: Reply };
  "task/cancel": { body: undefined; reply: TaskReply };
  "gateway/retry": { body: undefined; reply: GatewayReply };
  "gateway/query-state": { body: undefined; reply: QueryStateReply };
  "gateways/rediscover": { body: undefined; reply: AttachedReply };
  "gateways/reconnect/cancel": { body: CancelBody; reply: Reply };
  "discover": { body: DiscoverBody; reply: TaskReply };
  "status": { body: StatusBody; reply: TaskReply };
  "devices/update-meta": { body: UpdateMetaBody; reply: UpdateMetaReply };
  "devices/control": { body: ControlBody; reply: ChangedReply };
  "devices/indicate": { body: IndicateBody; reply: CountReply };
  "groups/create": { body: CreateBody; reply: CreatedReply };
  "groups/rename": { body: RenameBody; reply: Reply };
  "groups/delete": { body: DeleteBody; reply: GroupDeletedReply };
  "groups/reorder": { body: ReorderBody; reply: Reply };
  "groups/renumber": { body: RenumberBody; reply: TaskReply };
  "groups/force": { body: ForceBody; reply: TaskReply };
  "presets/upload": { body: undefined; reply: PresetFileAddedReply };
  "presets/select": { body: SelectBody; reply: PresetFileSelectedReply };
  "rl-presets": { body: CreatePresetBody; reply: PresetReply };
  "rl-presets/{key}/duplicate": { body: CopyPresetBody; reply: PresetReply };
  "scenes/{key}/run": { body: RunBody; reply: RunReply };
  "scenes/run/stop": { body: undefined; reply: StopReply };
  "scenes": { body: CreateSceneBody; reply: SavedSceneReply };
  "scenes/{key}/duplicate": { body: CopyBody; reply: SceneReply };
  "scenes/estimate": { body: EstimateBody; reply: EstimateReply };
  "scenes/import": { body: SceneDocument; reply: SceneImportReply };
  "starter-set": { body: NoFields; reply: SceneImportReply };
  "startblock": { body: StartblockBody; reply: TaskReply };
  "commands": { body: CommandBody; reply: CommandReply };
  "traffic/recording/start": { body: NoBody; reply: RecordingReply };
  "traffic/recording/stop": { body: NoBody; reply: RecordingReply };
  "race/bindings": { body: CreateRaceBindingBody; reply: RaceBindingReply };
  "race/bindings/{binding_id}/duplicate": { body: undefined; reply: RaceBindingReply };
  "race/bindings/{binding_id}/test": { body: TestRaceBindingBody; reply: RaceBindingTestedReply };
  "race/bindings/reorder": { body: RaceBindingOrderBody; reply: Reply };
  "import/old": { body: ImportBody; reply: ImportReply };
  "import/old/file": { body: undefined; reply: ImportReply };
  "import/report/dismiss": { body: undefined; reply: LastImportReply };
  "configuration/import": { body: ConfigurationBody; reply: ConfigurationReply };
  "specials/config": { body: WritePropertyBody; reply: TaskReply };
  "specials/get": { body: ReadPropertyBody; reply: ReadPropertyReply };
  "specials/config/import": { body: ImportPropertyBody; reply: ImportPropertyReply };
  "specials/action": { body: ActionBody; reply: ActionReply };
  "config": { body: NodeConfigBody; reply: NodeConfigReply };
}

/** By address below `api/`: what `PUT` takes and answers. */
export interface Put {
  "networks/{network_id}": { body: ChangeNetworkBody; reply: ChangedNetworkReply };
  "rl-presets/{key}": { body: UpdatePresetBody; reply: PresetReply };
  "scenes/{key}": { body: UpdateSceneBody; reply: SavedSceneReply };
  "settings": { body: SettingsBody; reply: SettingsReply };
  "race/bindings/{binding_id}": { body: UpdateRaceBindingBody; reply: RaceBindingReply };
  "race/seats": { body: SeatsBody; reply: SeatsReply };
  "race/team-colours": { body: TeamColoursBody; reply: TeamColoursReply };
}

/** By address below `api/`: what `DELETE` takes and answers. */
export interface Delete {
  "devices/{address}": { body: undefined; reply: ForgottenReply };
  "presets/{name}": { body: undefined; reply: PresetFilesReply };
  "rl-presets/{key}": { body: undefined; reply: PresetDeletedReply };
  "scenes/{key}": { body: undefined; reply: Reply };
  "traffic/recordings/{name}": { body: undefined; reply: DeletedReply };
  "race/bindings/{binding_id}": { body: undefined; reply: RaceBindingReply };
}
