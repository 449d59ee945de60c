"""Whether the world moved while the dashboards stayed green: one period against another."""
