/** The places of the app, in the order of the rail. */
import {
  ArrowDownUp,
  CodeXml,
  Database,
  LayoutDashboard,
  type LucideIcon,
  Play,
  Settings,
  ShieldAlert,
  Wallet,
} from "lucide-react";

export interface Place {
  label: string;
  to: string;
  icon: LucideIcon;
  /** A key that goes there, after `g`. */
  key: string;
}

export const PLACES: Place[] = [
  { label: "Dashboard", to: "/", icon: LayoutDashboard, key: "d" },
  { label: "Strategies", to: "/strategies", icon: CodeXml, key: "s" },
  { label: "Data", to: "/data", icon: Database, key: "a" },
  { label: "Runs", to: "/runs", icon: Play, key: "r" },
  { label: "Orders", to: "/orders", icon: ArrowDownUp, key: "o" },
  { label: "Account", to: "/account", icon: Wallet, key: "c" },
  { label: "Risk", to: "/risk", icon: ShieldAlert, key: "k" },
  { label: "Settings", to: "/settings", icon: Settings, key: "e" },
];
