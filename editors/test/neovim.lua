-- Drives Neovim headless through a session, with `editors/neovim/legwork.lua`:
--   LEGWORK=target/debug/legwork nvim --headless -u NONE -S editors/test/neovim.lua
-- Prints a line for each thing that works, and ends with exit code 1 at the first that does not.
local root = vim.fn.getcwd()
vim.o.swapfile = false
package.path = root .. '/editors/neovim/?.lua;' .. package.path

local function say(text)
  io.stdout:write(text .. '\n')
end

local function fail(what)
  say('FAILED: ' .. what)
  say(table.concat(vim.fn.readfile(vim.lsp.get_log_path()), '\n'))
  vim.cmd('cquit 1')
end

local function expect(what, holds)
  if not vim.wait(60000, holds, 20) then
    fail(what)
  end
  say('ok: ' .. what)
end

local function request(method, params)
  local answer, done
  vim.lsp.buf_request(0, method, params, function(err, result)
    answer, done = err and { error = err } or result, true
  end)
  if not vim.wait(60000, function() return done end, 20) then
    fail('no answer to ' .. method)
  end
  return answer
end

local messages = {}
vim.lsp.handlers['window/showMessage'] = function(_, params)
  table.insert(messages, params.message)
end
local shown
if vim.lsp.handlers['window/showDocument'] then
  local usual = vim.lsp.handlers['window/showDocument']
  vim.lsp.handlers['window/showDocument'] = function(err, params, ...)
    shown = params.uri
    return usual(err, params, ...)
  end
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, 'p')
vim.fn.writefile({ '[env.sandbox]', 'sandbox = true' }, folder .. '/legwork.toml')
local text = vim.fn.readfile(root .. '/examples/zoom-create-user.yaml')
vim.fn.writefile(text, folder .. '/create.yaml')

require('legwork').setup({
  cmd = { vim.env.LEGWORK or 'legwork', 'lsp' },
  settings = { env = 'sandbox', responses = folder .. '/responses' },
})
vim.cmd('filetype on')
vim.cmd('edit ' .. folder .. '/create.yaml')
vim.bo.filetype = 'yaml'

expect('the server is attached', function()
  return #vim.tbl_values(vim.lsp.buf_get_clients(0)) == 1
end)
expect('the server is ready', function()
  for _, client in pairs(vim.lsp.buf_get_clients(0)) do
    return client.initialized and client.server_capabilities.hoverProvider
  end
end)

local function line_of(pattern)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local at = line:find(pattern)
    if at then
      return number, at
    end
  end
  fail('no line with ' .. pattern)
end

local function go_to(pattern)
  local line, column = line_of(pattern)
  vim.api.nvim_win_set_cursor(0, { line, column })
  return vim.lsp.util.make_position_params(0, 'utf-16')
end

-- Diagnostics come with typing, and go.
local line = line_of('method: ')
local good = vim.api.nvim_buf_get_lines(0, line - 1, line, false)[1]
vim.api.nvim_buf_set_lines(0, line - 1, line, false, { (good:gsub('method: .*', 'method: FETCH')) })
expect('a wrong method is told', function()
  for _, one in ipairs(vim.diagnostic.get(0)) do
    if one.source == 'legwork' and one.lnum == line - 1 then
      return true
    end
  end
end)
vim.api.nvim_buf_set_lines(0, line - 1, line, false, { good })
expect('and no more when it is mended', function()
  for _, one in ipairs(vim.diagnostic.get(0)) do
    if one.lnum == line - 1 then
      return false
    end
  end
  return true
end)

local hover = request('textDocument/hover', go_to('zoom_users_create'))
if not (hover and hover.contents and hover.contents.value:find('user')) then
  fail('hover: ' .. vim.inspect(hover))
end
say('ok: hover shows the docs')

local offers = request('textDocument/completion', go_to('workflow%.input%.email'))
if not (offers and offers.items and #offers.items > 0) then
  fail('completion: ' .. vim.inspect(offers))
end
say('ok: ' .. #offers.items .. ' offers to complete with')

local lenses = request('textDocument/codeLens', { textDocument = vim.lsp.util.make_text_document_params() })
local first = lenses and lenses[1] and lenses[1].command
if not (first and first.command == 'legwork.testRequest') then
  fail('code lens: ' .. vim.inspect(lenses))
end
say('ok: the lens says ' .. first.title)

local answer = request('workspace/executeCommand', { command = first.command, arguments = first.arguments })
if not (answer and answer.outcome == 'sent' and answer.status == 'COMPLETED') then
  fail('the run: ' .. vim.inspect(answer))
end
say('ok: the request was sent to the sandbox')
expect('the response is shown', function()
  return shown == answer.document or (messages[1] and messages[1]:find('201 Created') and messages[1]:find('%.http$'))
end)
local page = table.concat(vim.fn.readfile(vim.uri_to_fname(answer.document)), '\n')
if not (page:find('POST https://') and page:find('201 Created')) then
  fail('the page: ' .. page)
end
say('ok: the page holds the exchange')
expect('the line of the task says what came of it', function()
  for _, one in ipairs(vim.diagnostic.get(0)) do
    if one.message:find('201 Created') then
      return true
    end
  end
end)
vim.cmd('LegworkDryRun')
vim.lsp.stop_client(vim.lsp.get_active_clients())
expect('the server ends', function()
  return #vim.lsp.get_active_clients() == 0
end)
vim.cmd('qall!')
