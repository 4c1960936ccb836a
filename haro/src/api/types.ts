/** The API's own types by short names. */
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Path = keyof paths;
export type Run = Schemas["RunResponse"];
export type RunDetail = Schemas["RunDetailResponse"];
export type RunMode = Schemas["RunMode"];
export type RunStatus = Schemas["RunStatus"];
export type Order = Schemas["OrderResponse"];
export type OrderStatus = Schemas["OrderStatus"];
export type Fill = Schemas["FillResponse"];
export type Trade = Schemas["TradeResponse"];
export type Stats = Schemas["StatsResponse"];
export type Strategy = Schemas["StrategyResponse"];
export type Series = Schemas["SeriesResponse"];
export type Health = Schemas["HealthResponse"];

/** The payload of every event by the name of its type. */
export type Payloads = Schemas["EventPayloads"];
export type EventType = keyof Payloads;
