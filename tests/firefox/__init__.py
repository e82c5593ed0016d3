"""The page-side script and the extension in a real Firefox, driven by puppeteer-core over WebDriver BiDi."""
