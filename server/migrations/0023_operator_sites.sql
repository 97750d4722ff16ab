-- Who may sign in answers for sites: nobody sees or controls what is not theirs.

alter table operator
  -- The sites of their branch; null: all there are and will be. Sites are never deleted.
  add column site_ids int[] check (site_ids is null or cardinality(site_ids) between 1 and 1000),
  -- Since when they may no longer sign in; their deeds keep their name.
  add column disabled_at timestamptz;
