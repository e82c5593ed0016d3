"""What people see: one module per page. The page's noun names its address, view, template and test."""
