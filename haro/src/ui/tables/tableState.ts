/** A table's page, order and filters: in the address, so that a link shows the same; the server does the work. */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

export const PAGE_SIZE = 50;

export interface TableState<Filter extends string> {
  page: number;
  /** A column, `-column` for descending; undefined: as the server has it. */
  sort: string | undefined;
  filters: Partial<Record<Filter, string[]>>;
  setPage: (page: number) => void;
  setSort: (sort: string | undefined) => void;
  /** None of a filter's values: it is off. */
  setFilter: (name: Filter, values: string[]) => void;
  clear: () => void;
  isFiltered: boolean;
}

/** `prefix` keeps the tables of one page apart. */
export function useTableState<Filter extends string>(names: readonly Filter[], prefix = ""): TableState<Filter> {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (edit: (next: URLSearchParams) => void, replace = false) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          edit(next);
          return next;
        },
        { replace, preventScrollReset: true },
      ),
    [setParams],
  );
  return useMemo(() => {
    const key = (name: string) => prefix + name;
    const filters = Object.fromEntries(
      names.map((name) => [name, params.getAll(key(name))]).filter(([, values]) => (values as string[]).length > 0),
    ) as Partial<Record<Filter, string[]>>;
    const page = Number(params.get(key("page")) ?? 1);
    return {
      page: Number.isSafeInteger(page) && page > 0 ? page : 1,
      sort: params.get(key("sort")) ?? undefined,
      filters,
      isFiltered: Object.keys(filters).length > 0,
      setPage: (next) => change((to) => (next > 1 ? to.set(key("page"), String(next)) : to.delete(key("page")))),
      setSort: (next) =>
        change((to) => {
          to.delete(key("page"));
          if (next) to.set(key("sort"), next);
          else to.delete(key("sort"));
        }),
      setFilter: (name, values) =>
        change((to) => {
          to.delete(key("page"));
          to.delete(key(name));
          values.forEach((value) => to.append(key(name), value));
        }, true),
      clear: () => change((to) => [...names, "page"].forEach((name) => to.delete(key(name)))),
    };
  }, [names, params, prefix, change]);
}
