"""The Django project and what people see."""
